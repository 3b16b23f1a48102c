/// When a batch of spans is sent again, and for how long it is tried.
package struct OTLPRetryPolicy: Sendable {
    /// For all attempts at one batch together.
    package var limit: Duration
    /// For one attempt.
    package var attemptTimeout: Duration
    /// The first wait is at most this.
    package var firstWait: Duration
    /// For all that is left when the process ends.
    package var finalLimit: Duration

    /// Makes a policy; five seconds a batch and two at the end, unless said otherwise.
    package init(
        limit: Duration = .seconds(5),
        attemptTimeout: Duration = .seconds(2),
        firstWait: Duration = .milliseconds(100),
        finalLimit: Duration = .seconds(2)
    ) {
        self.limit = limit
        self.attemptTimeout = attemptTimeout
        self.firstWait = firstWait
        self.finalLimit = finalLimit
    }

    /// Whether the collector may take the same batch later.
    ///
    /// See <https://opentelemetry.io/docs/specs/otlp/#retryable-response-codes>.
    package static func isRetryable(status: Int) -> Bool { [429, 502, 503, 504].contains(status) }
}
