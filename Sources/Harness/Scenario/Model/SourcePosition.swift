/// Where something stands in the scenario file; both numbers count from 1.
package struct SourcePosition: Sendable, Hashable {
    package let line: Int
    package let column: Int

    package init(line: Int, column: Int) {
        self.line = line
        self.column = column
    }

    /// The same line, so many characters further right.
    func advanced(by characters: Int) -> SourcePosition {
        SourcePosition(line: line, column: column + characters)
    }
}
