/// One mistake in a scenario file.
package struct Diagnostic: Sendable, Equatable, CustomStringConvertible {
    /// The file as it was named; `--set …` where the mistake came from the command line.
    package let file: String
    /// From 1.
    package let line: Int
    /// From 1, in Unicode scalars.
    package let column: Int
    /// Where in the document: `flows.buy[0].hold.expect.status`.
    ///
    /// Empty for the whole.
    package let path: String
    /// What is wrong, and what to do.
    package let message: String
    /// The line itself; empty when there is none to show.
    package let snippet: String

    /// `file:line:column: error: path: message`, and below it the line with a caret.
    package var description: String {
        let head = "\(file):\(line):\(column): error: \(path.isEmpty ? "" : path + ": ")\(message)"
        guard !snippet.isEmpty else { return head }
        // Tabs stay tabs, so that the caret stands below its character at any tab width.
        let indent = snippet.unicodeScalars.prefix(column - 1).map { $0 == "\t" ? "\t" : " " }.joined()
        return "\(head)\n\(snippet)\n\(indent)^"
    }
}

/// All that is wrong with a scenario, in the order of the file.
package struct ScenarioErrors: Error, Sendable, Equatable, CustomStringConvertible {
    /// At least one.
    package let diagnostics: [Diagnostic]

    package var description: String {
        diagnostics.map(\.description).joined(separator: "\n")
    }
}
