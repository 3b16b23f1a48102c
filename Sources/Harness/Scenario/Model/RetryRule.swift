/// `retry:`, the impatient user: the request is sent again, with the same bytes and so with the same idempotency key.
///
/// Every attempt is a request of its own in the metrics and in the history.
package struct RetryRule: Sendable, Equatable {
    package enum Failure: Sendable, Equatable {
        /// No complete reply in time.
        case timeout
        /// Any transport error, a timeout too.
        case any
    }

    /// Attempts after the first, 1…100.
    package let times: Int
    /// The pause before the second attempt.
    package let backoff: DurationDistribution
    /// By how much each further pause is longer than the one before, 1…10.
    package let factor: Double
    /// Replies after which it is sent again; empty for none.
    package let statuses: StatusSet
    /// nil → not after a transport error.
    package let failure: Failure?

    /// The longest pause, however often it has grown.
    package static let longestPause = Duration.seconds(60)

    /// The pause before attempt `attempt` (2 is the first repetition).
    package func pause(before attempt: Int, using generator: inout some RandomNumberGenerator) -> Duration {
        var seconds = backoff.sample(using: &generator).inSeconds
        for _ in 2..<max(2, attempt) where seconds < Self.longestPause.inSeconds { seconds *= factor }
        return min(.seconds(seconds), Self.longestPause)
    }
}
