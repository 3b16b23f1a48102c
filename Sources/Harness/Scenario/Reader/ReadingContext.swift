/// What all readers of one file share: the text, what is wrong with it so far, and how much of it has been walked.
final class ReadingContext {
    /// Aliases can make a small file describe a huge document; nobody's scenario has as many nodes.
    private static let maximumNodes = 100_000

    private let file: String
    /// The folder of the file, which names of other files are relative to.
    let directory: String
    let lines: [Substring]
    /// Paths that the command line has replaced, with the option that did.
    private let replaced: [String: String]
    private var diagnostics: [Diagnostic] = []
    private var nodes = 0

    init(file: String, text: String, replaced: [String: String]) {
        self.file = file
        directory = file.lastIndex(of: "/").map { String(file[...$0]) } ?? ""
        lines = text.split(omittingEmptySubsequences: false) { $0.isNewline }
        self.replaced = replaced
    }

    func add(_ position: SourcePosition, _ path: String, _ message: String) {
        let option = replaced.first { path == $0.key || path.hasPrefix($0.key + ".") || path.hasPrefix($0.key + "[") }
        let diagnostic = Diagnostic(
            file: option?.value ?? file,
            line: option == nil ? position.line : 1,
            column: option == nil ? position.column : 1,
            path: path,
            message: message,
            snippet: option == nil ? line(position.line) : ""
        )
        if !diagnostics.contains(diagnostic) { diagnostics.append(diagnostic) }
    }

    /// Notes a mistake in another file that the scenario names.
    func add(inFile other: String, _ position: SourcePosition, _ path: String, _ message: String, line: String) {
        diagnostics.append(
            Diagnostic(
                file: other,
                line: position.line,
                column: position.column,
                path: path,
                message: message,
                snippet: line
            )
        )
    }

    func line(_ number: Int) -> String {
        lines.indices.contains(number - 1) ? String(lines[number - 1]) : ""
    }

    /// Counts a node; false, with a diagnostic, when there have been too many.
    func visit(_ position: SourcePosition, _ path: String) -> Bool {
        nodes += 1
        if nodes == Self.maximumNodes {
            add(position, path, "the document has more than \(Self.maximumNodes) nodes, aliases expanded")
        }
        return nodes < Self.maximumNodes
    }

    /// Nil when nothing is wrong.
    var errors: ScenarioErrors? {
        guard !diagnostics.isEmpty else { return nil }
        // What is wrong in the files that the scenario names comes after its own mistakes.
        func place(_ diagnostic: Diagnostic) -> (String, Int, Int) {
            (diagnostic.file == file ? "" : diagnostic.file, diagnostic.line, diagnostic.column)
        }
        return ScenarioErrors(diagnostics: diagnostics.sorted { place($0) < place($1) })
    }
}
