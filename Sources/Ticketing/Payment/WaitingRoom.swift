import Synchronization

/// Counts those who wait on purpose, up to a limit.
final class WaitingRoom: Sendable {
    let limit: Int
    private let waiting = Atomic<Int>(0)

    init(limit: Int) { self.limit = limit }

    /// Whether there was room; if so, ``leave()`` must follow.
    func enter() -> Bool {
        guard waiting.add(1, ordering: .relaxed).newValue > limit else { return true }
        waiting.subtract(1, ordering: .relaxed)
        return false
    }

    func leave() { waiting.subtract(1, ordering: .relaxed) }
}
