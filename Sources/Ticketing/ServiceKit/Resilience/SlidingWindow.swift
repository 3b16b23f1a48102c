/// How many calls of the last ten seconds failed, in buckets of a second.
package struct SlidingWindow: Sendable {
    private struct Bucket {
        var second: Int64 = .min
        var calls = 0
        var failures = 0
    }

    /// How many seconds it looks back.
    package static let seconds = 10

    private let origin: ContinuousClock.Instant
    private var buckets = [Bucket](repeating: Bucket(), count: seconds)

    /// Makes a window with no calls; seconds count from `origin`.
    package init(from origin: ContinuousClock.Instant) { self.origin = origin }

    /// Counts one call.
    package mutating func add(failed: Bool, at now: ContinuousClock.Instant) {
        let second = second(now)
        let index = Int(second % Int64(Self.seconds))
        if buckets[index].second != second { buckets[index] = Bucket(second: second) }
        buckets[index].calls += 1
        if failed { buckets[index].failures += 1 }
    }

    /// The calls of the last ten seconds, the current one included, and how many of them failed.
    package func counts(at now: ContinuousClock.Instant) -> (calls: Int, failures: Int) {
        let oldest = second(now) - Int64(Self.seconds)
        return buckets.reduce(into: (0, 0)) { counts, bucket in
            guard bucket.second > oldest else { return }
            counts.0 += bucket.calls
            counts.1 += bucket.failures
        }
    }

    private func second(_ now: ContinuousClock.Instant) -> Int64 { max(0, origin.duration(to: now).components.seconds) }
}
