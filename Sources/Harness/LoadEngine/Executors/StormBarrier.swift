import Synchronization

/// Where the threads' parts of a wave wait for each other: a wave may go when all parts are prepared.
final class StormBarrier: Sendable {
    private let arrived: Mutex<[Int]>
    private let threads: Int

    init(waves: Int, threads: Int) {
        arrived = Mutex([Int](repeating: 0, count: waves))
        self.threads = threads
    }

    /// - Returns: whether this was the last part of the wave.
    func arrive(wave: Int) -> Bool {
        arrived.withLock { counts in
            counts[wave] += 1
            return counts[wave] == threads
        }
    }

    func isOpen(wave: Int) -> Bool {
        arrived.withLock { $0[wave] == threads }
    }
}
