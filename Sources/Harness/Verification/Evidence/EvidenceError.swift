import Glibc

/// A source that answered something else than evidence.
package struct EvidenceError: Error, CustomStringConvertible {
    package let description: String

    /// Says what was being read and what came instead.
    package init(_ description: String) { self.description = description }
}

/// The wall clock of this process, for measuring how far another's is off.
enum WallClock {
    /// Milliseconds since 1970.
    static var milliseconds: Double {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        return Double(time.tv_sec) * 1000 + Double(time.tv_nsec) / 1_000_000
    }
}
