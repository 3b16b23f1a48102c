import CRDKafka
import Glibc
import Synchronization

/// Commits offsets and waits for the answers on a thread of its own: a consumer's polling thread may be held up by a full inbox.
final class CommitLoop: Sendable {
    /// After so long the fate of a commit is unknown.
    private static let timeout: Duration = .seconds(10)
    /// The most commits on their way.
    private static let maximumPending = 1000

    private struct Queue: @unchecked Sendable {
        // Safe to share: librdkafka's queues are thread-safe.
        let pointer: OpaquePointer
    }
    private struct Pending {
        let deadline: UInt64
        let what: String
        let continuation: CheckedContinuation<Result<Void, KafkaError>, Never>
    }
    private enum Phase { case open, closing, closed }
    private struct State {
        var phase = Phase.open
        var next: UInt = 1
        var pending: [UInt: Pending] = [:]
    }
    private let handle: KafkaHandle
    private let queue: Queue
    private let state = Mutex(State())

    init(_ handle: KafkaHandle) throws(KafkaError) {
        guard let queue = rd_kafka_queue_new(handle.pointer) else {
            throw KafkaError(kind: .configuration, outcome: .notExecuted, message: "cannot make a queue for commits")
        }
        self.handle = handle
        self.queue = Queue(pointer: queue)
    }

    func commit(_ message: KafkaMessage) async throws(KafkaError) {
        let what = "commit offset \(message.offset + 1) of \(message.topic)/\(message.partition)"
        let result = await withCheckedContinuation { continuation in
            let failure: KafkaError? = self.state.withLock { state in
                guard state.phase == .open else { return .closed(doing: what) }
                guard state.pending.count < Self.maximumPending else {
                    return KafkaError(
                        kind: .overloaded,
                        outcome: .notExecuted,
                        message: "cannot \(what): \(Self.maximumPending) commits are on their way"
                    )
                }
                let id = state.next
                state.next += 1
                let code = withPartitionList([
                    (KafkaPartition(topic: message.topic, partition: message.partition), message.offset + 1)
                ]) {
                    rd_kafka_commit_queue(
                        self.handle.pointer,
                        $0,
                        self.queue.pointer,
                        nil,
                        UnsafeMutableRawPointer(bitPattern: id)
                    )
                }
                guard code == RD_KAFKA_RESP_ERR_NO_ERROR else { return .library(code, doing: what) }
                state.pending[id] = Pending(
                    deadline: monotonicNanoseconds() + Self.timeout.nanoseconds,
                    what: what,
                    continuation: continuation
                )
                return nil
            }
            if let failure { continuation.resume(returning: .failure(failure)) }
        }
        try result.get()
    }

    /// The thread's work, until ``beginClosing()``.
    func run() {
        while self.state.withLock({ $0.phase == .open }) {
            self.serve(milliseconds: 100)
            self.expire()
        }
        self.state.withLock { $0.phase = .closed }
    }

    private func serve(milliseconds: Int32) {
        guard let event = rd_kafka_queue_poll(self.queue.pointer, milliseconds) else { return }
        defer { rd_kafka_event_destroy(event) }
        guard rd_kafka_event_type(event) == RD_KAFKA_EVENT_OFFSET_COMMIT else { return }
        let id = UInt(bitPattern: rd_kafka_event_opaque(event))
        guard let pending = self.state.withLock({ $0.pending.removeValue(forKey: id) }) else { return }
        var code = rd_kafka_event_error(event)
        if code == RD_KAFKA_RESP_ERR_NO_ERROR, let list = rd_kafka_event_topic_partition_list(event) {
            code = partitions(of: list).first { $0.code != RD_KAFKA_RESP_ERR_NO_ERROR }?.code ?? code
        }
        guard code != RD_KAFKA_RESP_ERR_NO_ERROR else {
            pending.continuation.resume(returning: .success(()))
            return
        }
        // A code below zero is librdkafka's own: the request may have left. A broker's code is its refusal.
        let outcome: KafkaOutcome = code.rawValue < 0 ? .unknown : .refused
        pending.continuation.resume(
            returning: .failure(.library(code, doing: pending.what, outcome: outcome))
        )
    }

    private func expire() {
        let now = monotonicNanoseconds()
        let late = self.state.withLock { state in
            let late = state.pending.filter { $0.value.deadline <= now }
            for id in late.keys { state.pending[id] = nil }
            return late.values
        }
        for pending in late {
            pending.continuation.resume(
                returning: .failure(
                    KafkaError(
                        kind: .timedOut,
                        outcome: .unknown,
                        message: "cannot \(pending.what): no answer for \(Self.timeout)"
                    )
                )
            )
        }
    }

    /// Refuses new commits, and asks the thread to end.
    func beginClosing() {
        self.state.withLock { state in
            if state.phase == .open { state.phase = .closing }
        }
    }

    /// Blocks until the thread has left the queue, serves the answers that leaving the group brought, and gives up on the rest.
    func finish() {
        self.beginClosing()
        while self.state.withLock({ $0.phase != .closed }) { usleep(1000) }
        let deadline = monotonicNanoseconds() + 1_000_000_000
        while self.state.withLock({ !$0.pending.isEmpty }), monotonicNanoseconds() < deadline {
            self.serve(milliseconds: 20)
        }
        let left = self.state.withLock { state in
            defer { state.pending = [:] }
            return state.pending.values
        }
        for pending in left {
            pending.continuation.resume(
                returning: .failure(
                    KafkaError(
                        kind: .closed,
                        outcome: .unknown,
                        message: "cannot \(pending.what): the consumer was closed before the answer"
                    )
                )
            )
        }
        rd_kafka_queue_destroy(self.queue.pointer)
    }

    /// Frees the queue of a consumer that was never started.
    func abandon() {
        rd_kafka_queue_destroy(self.queue.pointer)
    }
}
