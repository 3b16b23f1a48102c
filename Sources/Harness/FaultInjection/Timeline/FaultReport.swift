/// What became of one fault of the scenario.
package struct FaultReport: Sendable, Codable, Equatable {
    /// As people say it: `redis latency 50ms ± 20ms`.
    package var description: String
    /// `payment` or `redis`.
    package var target: String
    /// When it really was in force, in seconds after the start of the run.
    ///
    /// Equal where it never was.
    package var fromSeconds: Double
    package var toSeconds: Double
    /// Chunks (proxy) or authorizations (payment) seen while it was in force.
    ///
    /// 0: the fault tested nothing.
    package var matched: Int64
    /// Of these, changed by it; where several kinds of change may have hit the same one, a lower bound.
    package var applied: Int64
    /// Payment: `delayed`, `failed`, `broken`.
    ///
    /// Redis: `bytes`, `connections`, `probeBeforeMicroseconds`, `probeAfterMicroseconds`.
    package var details: [String: Int64]
    /// Nothing of it is left: no rule, and the path answers.
    package var reverted: Bool
    /// What went wrong with applying, counting or reverting it.
    package var error: String?

    package init(
        description: String,
        target: String,
        fromSeconds: Double = 0,
        toSeconds: Double = 0,
        matched: Int64 = 0,
        applied: Int64 = 0,
        details: [String: Int64] = [:],
        reverted: Bool = false,
        error: String? = nil
    ) {
        self.description = description
        self.target = target
        self.fromSeconds = fromSeconds
        self.toSeconds = toSeconds
        self.matched = matched
        self.applied = applied
        self.details = details
        self.reverted = reverted
        self.error = error
    }

    /// Adds an error to those already known.
    mutating func note(_ problem: String) {
        error = error.map { "\($0); \(problem)" } ?? problem
    }
}
