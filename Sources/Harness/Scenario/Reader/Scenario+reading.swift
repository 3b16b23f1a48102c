import Foundation
import Yams

extension Scenario {
    /// The largest file that is read, in bytes.
    private static let maximumSize = 1 << 20

    /// Reads and checks a scenario file.
    ///
    /// - Parameters:
    ///   - path: the file; diagnostics name it like this.
    ///   - environment: for `${NAME}` in the section `environment:`.
    ///   - overrides: what the command line says over the file.
    /// - Returns: the scenario, checked.
    /// - Throws: everything that is wrong with it, at once.
    package static func read(
        path: String,
        environment: [String: String] = ProcessInfo.processInfo.environment,
        overrides: Overrides = Overrides()
    ) throws(ScenarioErrors) -> Scenario {
        guard let data = FileManager.default.contents(atPath: path) else {
            throw .single(path, "the scenario cannot be read: there is no such file, or it may not be opened")
        }
        guard data.count <= maximumSize else {
            throw .single(path, "the scenario has \(data.count) bytes; at most \(maximumSize) are read")
        }
        guard let text = String(validating: data, as: UTF8.self) else {
            throw .single(path, "the scenario is not UTF-8")
        }
        return try read(yaml: text, file: path, environment: environment, overrides: overrides)
    }

    /// Reads and checks the text of a scenario; `file` is its name in diagnostics.
    package static func read(
        yaml text: String,
        file: String = "scenario.yaml",
        environment: [String: String] = [:],
        overrides: Overrides = Overrides()
    ) throws(ScenarioErrors) -> Scenario {
        if let users = overrides.users, !(1...LoadReader.maximumUsers).contains(users) {
            throw .single("--users \(users)", "must be from 1 to \(LoadReader.maximumUsers)")
        }
        let aliases = aliasCount(in: text)
        guard aliases <= maximumAliases else {
            throw .single(file, "the scenario has \(aliases) YAML aliases; at most \(maximumAliases) are read")
        }
        var root = try compose(text, file)
        var replaced: [String: String] = [:]
        for setting in overrides.settings {
            do throws(ExpressionError) {
                let parsed = try NodeReplacement.setting(setting)
                let (node, path) = try NodeReplacement.apply(parsed, to: root)
                root = node
                replaced[path] = parsed.option
            } catch {
                throw .single("--set \(setting)", error.message)
            }
        }
        let context = ReadingContext(file: file, text: text, replaced: replaced)
        let reader = DocumentReader(context: context, environment: environment, overrides: overrides)
        let scenario = reader.read(NodeReader(root, path: "", context: context))
        if let errors = context.errors { throw errors }
        guard let scenario else { throw .single(file, "the scenario is empty") }
        return scenario
    }

    /// The most aliases that are read: however they nest, 32 cannot expand to more than some 100,000 nodes.
    private static let maximumAliases = 32

    /// How many words begin with a star, as an alias does; expanding them is what takes long, so they are counted before.
    private static func aliasCount(in text: String) -> Int {
        let separators = Set(" \t\n[{,:-".utf8)
        var count = 0
        var previous = UInt8(ascii: "\n")
        var beforeStar: UInt8?
        for byte in text.utf8 {
            if let before = beforeStar, separators.contains(before), byte > UInt8(ascii: " "), byte != UInt8(ascii: "*")
            {
                count += 1
            }
            beforeStar = byte == UInt8(ascii: "*") ? previous : nil
            previous = byte
        }
        return count
    }

    static func compose(_ text: String, _ file: String) throws(ScenarioErrors) -> Node {
        let root: Node?
        do {
            root = try Yams.compose(yaml: text)
        } catch {
            throw ScenarioErrors(diagnostics: [syntaxError(error, text, file)])
        }
        guard let root else { throw .single(file, "the scenario is empty") }
        return root
    }

    private static func syntaxError(_ error: any Error, _ text: String, _ file: String) -> Diagnostic {
        let mark: Mark?
        let message: String
        switch error as? YamlError {
        case .scanner(let context, let problem, let place, _), .parser(let context, let problem, let place, _),
            .composer(let context, let problem, let place, _):
            mark = place
            message = "not YAML: \(problem)" + (context.map { " (\($0.text), from line \($0.mark.line))" } ?? "")
        case .duplicatedKeysInMapping(let duplicates, let context):
            mark = context.mark
            message = "twice in this mapping: \(duplicates.sorted().joined(separator: ", "))"
        case .reader(let problem, _, _, _):
            mark = nil
            message = "not YAML: \(problem)"
        default:
            mark = nil
            message = "not YAML: \(error)"
        }
        let context = ReadingContext(file: file, text: text, replaced: [:])
        return Diagnostic(
            file: file,
            line: mark?.line ?? 1,
            column: mark?.column ?? 1,
            path: "",
            message: message,
            snippet: mark.map { context.line($0.line) } ?? ""
        )
    }
}

extension ScenarioErrors {
    /// One mistake that is about the file as a whole.
    fileprivate static func single(_ file: String, _ message: String) -> ScenarioErrors {
        ScenarioErrors(
            diagnostics: [Diagnostic(file: file, line: 1, column: 1, path: "", message: message, snippet: "")]
        )
    }
}
