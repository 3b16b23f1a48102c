import Statistics

/// The state of a run under way, at most a quarter of a second old.
package struct LiveSnapshot: Sendable {
    package internal(set) var elapsedSeconds: Double = 0
    package internal(set) var requests: UInt64 = 0
    package internal(set) var failed: UInt64 = 0
    package internal(set) var iterations: UInt64 = 0
    /// Arrivals that found no free user.
    package internal(set) var dropped: UInt64 = 0
    /// Users under way.
    package internal(set) var users = 0
    /// Waves released so far, of all storms.
    package internal(set) var wavesReleased = 0
    /// Waves of all storms.
    package internal(set) var waves = 0
    /// Response times since the start, within 6.25 %.
    package internal(set) var responseTimes = CoarseHistogram()
    /// Whether the measured part has begun: before it, users are prepared.
    package internal(set) var isStarted = false
}
