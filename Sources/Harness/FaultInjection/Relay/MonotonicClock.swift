import CDispatch
import CLinux
import Glibc

/// Nanoseconds of `CLOCK_MONOTONIC`, the only clock that the relay knows.
@inline(__always)
func monotonicNow() -> UInt64 {
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    return UInt64(time.tv_sec) &* 1_000_000_000 &+ UInt64(time.tv_nsec)
}

/// So many nanoseconds, as the kernel takes them.
func interval(_ nanoseconds: UInt64) -> timespec {
    var interval = timespec()
    interval.tv_sec = Int(nanoseconds / 1_000_000_000)
    interval.tv_nsec = Int(nanoseconds % 1_000_000_000)
    return interval
}
