import Glibc

/// The clock of spans.
enum SpanClock {
    /// Wall time: nanoseconds since 1970.
    static func now() -> UInt64 {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        return UInt64(time.tv_sec) * 1_000_000_000 + UInt64(time.tv_nsec)
    }

    /// The wall time at which something ended that began at `start` and took `duration`: a wall clock that is set back
    /// meanwhile makes no span end before it began.
    static func end(of start: UInt64, after duration: Duration) -> UInt64 {
        let (seconds, attoseconds) = duration.components
        return start + UInt64(max(0, seconds)) * 1_000_000_000 + UInt64(max(0, attoseconds)) / 1_000_000_000
    }
}
