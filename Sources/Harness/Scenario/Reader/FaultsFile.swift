import Yams

/// A file with a `faults:` section of its own: a schedule that was drawn, to be run again.
package enum FaultsFile {
    /// Reads the text of one, which diagnostics call `file`; `commands` are those of the scenario's environment, nil for the embedded suite.
    ///
    /// - Throws: everything that is wrong with it, at once.
    package static func read(
        yaml text: String,
        file: String,
        commands: [String: String]?
    ) throws(ScenarioErrors) -> [FaultSpec] {
        let root = try Scenario.compose(text, file)
        let context = ReadingContext(file: file, text: text, replaced: [:])
        let fields = NodeReader(root, path: "", context: context).mapping("faults: [ … ]")
        let faults = FaultsReader(loads: [], commands: commands).read(fields?.required("faults"))
        fields?.finish()
        if let errors = context.errors { throw errors }
        return faults
    }
}
