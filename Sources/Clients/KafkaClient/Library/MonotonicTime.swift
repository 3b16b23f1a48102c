import Glibc

/// `CLOCK_MONOTONIC`, in nanoseconds.
func monotonicNanoseconds() -> UInt64 {
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    return UInt64(time.tv_sec) * 1_000_000_000 + UInt64(time.tv_nsec)
}

extension Duration {
    /// Whole milliseconds, at least 0, at most what librdkafka's `int` holds.
    var milliseconds: Int32 {
        let (seconds, attoseconds) = self.components
        guard seconds < 2_000_000 else { return 2_000_000_000 }
        return Int32(max(0, seconds * 1000 + attoseconds / 1_000_000_000_000_000))
    }

    /// Whole nanoseconds, at least 0.
    var nanoseconds: UInt64 {
        UInt64(self.milliseconds) * 1_000_000
    }
}
