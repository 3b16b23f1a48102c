/// How long to wait before the next attempt: exponential, capped, with full jitter.
package struct Backoff: Sendable {
    private let base: Duration
    private let cap: Duration
    private var attempt = 0

    /// Makes a backoff whose first wait is at most `base` and whose waits never exceed `cap`.
    package init(base: Duration = .milliseconds(50), cap: Duration = .seconds(2)) {
        self.base = base
        self.cap = cap
    }

    /// The next wait.
    package mutating func next() -> Duration {
        let limit = min(cap, base * (1 << min(attempt, 20)))
        attempt += 1
        return limit * Double.random(in: 0.1...1)
    }

    /// After a success the next wait is short again.
    package mutating func reset() { attempt = 0 }
}
