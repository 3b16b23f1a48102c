import Synchronization

/// When loads have ended on all threads, for those that wait for them.
final class LoadEnds: Sendable {
    private struct End {
        var parts = 0
        var at: UInt64 = 0
    }
    private let ends: Mutex<[End]>
    private let threads: Int

    init(loads: Int, threads: Int) {
        ends = Mutex([End](repeating: End(), count: loads))
        self.threads = threads
    }

    /// - Returns: whether this was the last thread's part.
    func end(_ load: Int, at now: UInt64) -> Bool {
        ends.withLock { ends in
            ends[load].parts += 1
            ends[load].at = max(ends[load].at, now)
            return ends[load].parts == threads
        }
    }

    /// ns of CLOCK_MONOTONIC; nil while a part is running.
    func endedAt(_ load: Int) -> UInt64? {
        ends.withLock { $0[load].parts == threads ? $0[load].at : nil }
    }
}
