/// What all readers of one file share: the text, what is wrong with it so far, and how much of it has been walked.
final class ReadingContext {
    /// Aliases can make a small file describe a huge document; nobody's scenario has as many nodes.
    private static let maximumNodes = 100_000

    private let file: String
    let lines: [Substring]
    /// Paths that the command line has replaced, with the option that did.
    private let replaced: [String: String]
    private var diagnostics: [Diagnostic] = []
    private var nodes = 0

    init(file: String, text: String, replaced: [String: String]) {
        self.file = file
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
        return ScenarioErrors(diagnostics: diagnostics.sorted { ($0.line, $0.column) < ($1.line, $1.column) })
    }
}
