import Foundation
import Scenario

/// The faults that `chaos:` adds to a run: drawn from the seed, or those of an earlier run again.
struct DrawnFaults: Sendable {
    /// The file in the run's folder.
    static let fileName = "chaos.yaml"

    let faults: [FaultSpec]
    /// As a `faults:` section; nil where none were drawn.
    let text: String?

    /// Draws them, unless `replayed` are given.
    init(_ scenario: Scenario, seed: UInt64, replayed: [FaultSpec]?) throws(ScenarioErrors) {
        guard replayed == nil, let chaos = scenario.chaos else {
            faults = replayed ?? []
            text = nil
            return
        }
        let text = chaos.draw(runSeed: seed)
        let commands = scenario.environment?.commands
        faults = try FaultsFile.read(yaml: text, file: Self.fileName, commands: commands)
        self.text = text
    }

    /// Saves what was drawn in a run's folder; returns the path.
    func save(in folder: String) throws -> String? {
        guard let text else { return nil }
        let path = folder + "/" + Self.fileName
        try text.write(toFile: path, atomically: true, encoding: .utf8)
        return path
    }
}
