import Dispatch
import Synchronization

/// Messages on their way from the polling thread to ``KafkaConsumer/next()``: bounded, so that a slow reader slows the thread.
final class ConsumerInbox: Sendable {
    /// How many messages may wait before the thread stops polling.
    static let capacity = 128

    private typealias Waiter = CheckedContinuation<KafkaMessage?, any Error>
    private struct State {
        var messages: [KafkaMessage] = []
        /// Index of the first message that was not taken; the array is cut when it is empty.
        var head = 0
        var waiters: [(id: UInt64, continuation: Waiter)] = []
        var nextWaiter: UInt64 = 0
        var assignment: [KafkaPartition]?
        var end: Result<Void, any Error>?

        var count: Int { self.messages.count - self.head }

        mutating func take() -> KafkaMessage? {
            guard self.count > 0 else { return nil }
            defer {
                self.head += 1
                if self.head == self.messages.count {
                    self.messages.removeAll(keepingCapacity: true)
                    self.head = 0
                }
            }
            return self.messages[self.head]
        }
    }
    private let state = Mutex(State())
    private let room = DispatchSemaphore(value: 0)
    let lag = ConsumerLag()

    var assignment: [KafkaPartition]? { self.state.withLock { $0.assignment } }

    func assign(_ partitions: [KafkaPartition]) {
        self.state.withLock { $0.assignment = partitions }
    }

    /// Forgets the share, and the messages of it that nobody has taken.
    func revoke() {
        self.state.withLock { state in
            state.assignment = nil
            state.messages.removeAll(keepingCapacity: true)
            state.head = 0
        }
        self.lag.revoke()
    }

    func put(_ message: KafkaMessage) {
        self.lag.fetched(
            KafkaPartition(topic: message.topic, partition: message.partition),
            offset: message.offset
        )
        let waiter = self.state.withLock { state -> Waiter? in
            guard state.end == nil else { return nil }
            guard state.waiters.isEmpty else { return state.waiters.removeFirst().continuation }
            state.messages.append(message)
            return nil
        }
        waiter?.resume(returning: message)
    }

    /// Returns when there is room, or after 100 ms.
    ///
    /// Only the polling thread calls it.
    func waitForRoom() -> Bool {
        if self.state.withLock({ $0.count < Self.capacity }) { return true }
        _ = self.room.wait(timeout: .now() + .milliseconds(100))
        return self.state.withLock { $0.count < Self.capacity }
    }

    /// Ends it: every waiting and later call of ``next()`` gets `nil`, or the error.
    ///
    /// The first end counts.
    func finish(_ error: (any Error)? = nil) {
        let waiters = self.state.withLock { state in
            if state.end == nil {
                state.end = error.map { .failure($0) } ?? .success(())
                state.messages = []
                state.head = 0
            }
            defer { state.waiters = [] }
            return state.waiters
        }
        for waiter in waiters {
            if let error {
                waiter.continuation.resume(throwing: error)
            } else {
                waiter.continuation.resume(returning: nil)
            }
        }
        self.room.signal()
    }

    func next() async throws -> KafkaMessage? {
        let id = self.state.withLock { state in
            state.nextWaiter += 1
            return state.nextWaiter
        }
        return try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                self.wait(id, continuation)
            }
        } onCancel: {
            let waiter = self.state.withLock { state in
                state.waiters.firstIndex { $0.id == id }.map { state.waiters.remove(at: $0).continuation }
            }
            waiter?.resume(throwing: CancellationError())
        }
    }

    /// At most `count` of the messages that are there.
    func take(upTo count: Int) -> [KafkaMessage] {
        self.state.withLock { state in
            var taken: [KafkaMessage] = []
            let isFull = state.count >= Self.capacity
            while taken.count < count, let message = state.take() { taken.append(message) }
            if isFull, !taken.isEmpty { self.room.signal() }
            return taken
        }
    }

    private func wait(_ id: UInt64, _ continuation: Waiter) {
        let ready: Result<KafkaMessage?, any Error>? = self.state.withLock { state in
            // Looked at under the lock: a cancellation before this is seen here, one after it finds the waiter.
            if Task.isCancelled { return .failure(CancellationError()) }
            if let message = state.take() {
                if state.count == Self.capacity - 1 { self.room.signal() }
                return .success(message)
            }
            if let end = state.end { return end.map { nil } }
            state.waiters.append((id, continuation))
            return nil
        }
        if let ready { continuation.resume(with: ready) }
    }
}
