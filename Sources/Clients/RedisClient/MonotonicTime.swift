import Glibc

/// A point on `CLOCK_MONOTONIC`, in nanoseconds.
struct MonotonicTime: Comparable {
    let nanoseconds: Int64

    static let distantFuture = MonotonicTime(nanoseconds: .max)

    static func now() -> MonotonicTime {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return MonotonicTime(nanoseconds: Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec))
    }

    func advanced(by duration: Duration) -> MonotonicTime {
        let (seconds, attoseconds) = duration.components
        let added = seconds.multipliedReportingOverflow(by: 1_000_000_000)
        guard !added.overflow else { return .distantFuture }
        let total = nanoseconds.addingReportingOverflow(added.partialValue + attoseconds / 1_000_000_000)
        return total.overflow ? .distantFuture : MonotonicTime(nanoseconds: total.partialValue)
    }

    /// Milliseconds from `self` to `other`, rounded up (so that a sleep never ends too early), within 0 and 60,000.
    func milliseconds(until other: MonotonicTime) -> Int32 {
        guard other > self else { return 0 }
        let difference = other.nanoseconds - nanoseconds
        return Int32(min(60_000, difference / 1_000_000 + (difference % 1_000_000 == 0 ? 0 : 1)))
    }

    static func < (left: MonotonicTime, right: MonotonicTime) -> Bool {
        left.nanoseconds < right.nanoseconds
    }
}
