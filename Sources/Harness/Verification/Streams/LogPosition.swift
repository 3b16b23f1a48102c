/// A place in a seats' log, which is also the `id` of the event of a stream that tells of it: milliseconds, and a number within them.
package struct LogPosition: Codable, Sendable, Hashable, Comparable, CustomStringConvertible {
    /// Milliseconds since 1970 by Redis' clock.
    package var time: Int64
    package var sequence: Int64

    package init(time: Int64, sequence: Int64) {
        self.time = time
        self.sequence = sequence
    }

    /// Reads `1700000000000-3`; nil when it is not of that form.
    package init?(_ text: String) {
        let parts = text.split(separator: "-", omittingEmptySubsequences: false)
        guard parts.count == 2, let time = Int64(parts[0]), let sequence = Int64(parts[1]) else { return nil }
        self.init(time: time, sequence: sequence)
    }

    package var description: String { "\(time)-\(sequence)" }

    package static func < (left: LogPosition, right: LogPosition) -> Bool {
        (left.time, left.sequence) < (right.time, right.sequence)
    }
}
