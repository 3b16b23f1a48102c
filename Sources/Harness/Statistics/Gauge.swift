/// A value that goes up and down: the latest, the least and the greatest.
package struct Gauge: Sendable, Equatable {
    package private(set) var latest: Double?
    package private(set) var minimum = Double.infinity
    package private(set) var maximum = -Double.infinity

    package init() {}

    package mutating func set(_ value: Double) {
        latest = value
        minimum = Swift.min(minimum, value)
        maximum = Swift.max(maximum, value)
    }

    /// Adds what came after.
    mutating func append(_ later: Gauge) {
        latest = later.latest ?? latest
        minimum = Swift.min(minimum, later.minimum)
        maximum = Swift.max(maximum, later.maximum)
    }

    /// Gauges of several threads are parts of one whole, so their values add up.
    package mutating func merge(_ other: Gauge) {
        guard let theirs = other.latest else { return }
        guard let ours = latest else {
            self = other
            return
        }
        latest = ours + theirs
        minimum += other.minimum
        maximum += other.maximum
    }
}
