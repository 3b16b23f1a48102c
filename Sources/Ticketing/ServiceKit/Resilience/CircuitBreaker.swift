/// Stops calling what does not answer, and finds out by single calls when it does again.
///
/// It opens when at least half of at least 20 calls of the last ten seconds failed. Half a second later one call may try, the probe: when
/// it succeeds the circuit closes, when it fails the circuit stays open for twice as long as before, two seconds at most.
package struct CircuitBreaker: Sendable {
    /// The values are those of the metric `circuit_state`.
    package enum State: Int, Sendable {
        case closed = 0
        case halfOpen = 1
        case open = 2
    }

    /// What a call is to do; to be given back to ``record(_:_:at:)``.
    package enum Admission: Sendable, Equatable {
        case call
        /// Goes first, and decides.
        case probe
        case refused
    }

    /// What a call says of the dependency.
    package enum Outcome: Sendable {
        case succeeded
        /// It did not answer, or with the news that it cannot serve now.
        case failed
        /// Nothing: its caller gave up, or it was never sent.
        case unknown
    }

    package static let minimumCalls = 20
    package static let firstPause = Duration.milliseconds(500)
    package static let longestPause = Duration.seconds(2)

    package private(set) var state = State.closed
    /// How often it has opened; a probe that fails does not count.
    package private(set) var openings = 0
    private var window: SlidingWindow
    private var pause = firstPause
    private var retryAt: ContinuousClock.Instant

    /// Makes a closed circuit.
    package init(at now: ContinuousClock.Instant) {
        window = SlidingWindow(from: now)
        retryAt = now
    }

    /// Whether a call may be made.
    package mutating func admit(at now: ContinuousClock.Instant) -> Admission {
        switch state {
        case .closed: return .call
        case .halfOpen: return .refused
        case .open:
            guard now >= retryAt else { return .refused }
            state = .halfOpen
            return .probe
        }
    }

    /// Takes note of how an admitted call ended; of calls that were under way when the circuit opened nothing more is learnt.
    package mutating func record(_ admission: Admission, _ outcome: Outcome, at now: ContinuousClock.Instant) {
        switch (admission, outcome) {
        case (.probe, .failed):
            pause = min(pause * 2, Self.longestPause)
            open(at: now)
        case (.probe, .unknown):
            // The next call is a probe again, at once.
            state = .open
        case (.probe, .succeeded):
            state = .closed
            pause = Self.firstPause
            window = SlidingWindow(from: now)
        case (.call, .succeeded) where state == .closed:
            window.add(failed: false, at: now)
        case (.call, .failed) where state == .closed:
            window.add(failed: true, at: now)
            let counts = window.counts(at: now)
            guard counts.calls >= Self.minimumCalls, counts.failures * 2 >= counts.calls else { return }
            openings += 1
            open(at: now)
        default: return
        }
    }

    private mutating func open(at now: ContinuousClock.Instant) {
        state = .open
        retryAt = now + pause
    }
}
