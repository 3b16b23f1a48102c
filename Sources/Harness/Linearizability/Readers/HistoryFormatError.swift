/// A line of a history that cannot be understood.
package struct HistoryFormatError: Error, Sendable, CustomStringConvertible {
    package let description: String

    /// Names the line, counted from 1, and what is wrong with it.
    package init(line: Int, _ message: String) { description = "line \(line): \(message)" }
}
