import Glibc
import Synchronization

/// Holds a thread up until an instant that may be moved while it waits.
final class FreezeGate: Sendable {
    /// `CLOCK_MONOTONIC`, in nanoseconds; 0 when open.
    private let until = Atomic<UInt64>(0)

    /// Closes the gate for so long from now; zero opens it.
    func close(for duration: Duration) {
        self.until.store(
            duration > .zero ? monotonicNanoseconds() + duration.nanoseconds : 0,
            ordering: .releasing
        )
    }

    /// How long it stays closed.
    var remaining: Duration {
        let until = self.until.load(ordering: .acquiring)
        let now = monotonicNanoseconds()
        return until > now ? .nanoseconds(Int64(until - now)) : .zero
    }

    /// Returns once the gate is open.
    ///
    /// No lock: the deadline alone opens it, whatever became of who closed it.
    func pass() {
        while self.until.load(ordering: .acquiring) != 0, self.remaining > .zero {
            usleep(2000)
        }
    }
}
