/// How long to wait before the next connection attempt: nothing before the first, then a capped exponential with jitter.
struct Backoff {
    var base: Duration = .milliseconds(10)
    var cap: Duration = .milliseconds(250)

    /// The wait before an attempt that `failures` attempts in a row have preceded.
    ///
    /// Half of the wait is fixed and half is random ("equal jitter"), so that clients which lost the same server at the
    /// same time do not come back at the same time, and none spins.
    func delay(failures: Int, using generator: inout some RandomNumberGenerator) -> Duration {
        guard failures > 0 else { return .zero }
        let full = min(cap, base * (1 << min(failures - 1, 20)))
        return full / 2 + full / 2 * Double.random(in: 0...1, using: &generator)
    }
}
