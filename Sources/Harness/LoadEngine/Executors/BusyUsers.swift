import Synchronization

/// How many users of an arrival-rate load are busy, over all threads: an arrival dropped while there were others is the generator's
/// failure, not the server's.
final class BusyUsers: Sendable {
    private let busy = Atomic<Int>(0)
    let most: Int

    init(most: Int) { self.most = most }

    func begin() { busy.wrappingAdd(1, ordering: .relaxed) }
    func end() { busy.wrappingSubtract(1, ordering: .relaxed) }
    var areAll: Bool { busy.load(ordering: .relaxed) >= most }
}
