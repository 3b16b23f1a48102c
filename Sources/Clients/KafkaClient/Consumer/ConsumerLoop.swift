import CRDKafka
import Logging
import Synchronization

/// Owns the `rd_kafka_t` of a consumer: polls it on one thread, and takes part in the group.
final class ConsumerLoop: Sendable {
    private enum Phase { case open, closing, closed }
    private struct State {
        var phase = Phase.open
        var waiting: [CheckedContinuation<Void, Never>] = []
    }
    private let handle: KafkaHandle
    private let callbacks: KafkaCallbacks
    private let state = Mutex(State())
    let inbox: ConsumerInbox
    let commits: CommitLoop

    init(
        _ configuration: KafkaConfiguration,
        groupID: String,
        topics: [String],
        logger: Logger
    ) throws(KafkaError) {
        let properties = [
            "bootstrap.servers": configuration.bootstrapServers,
            "client.id": configuration.clientID,
            "group.id": groupID,
            "partition.assignment.strategy": "range",
            "auto.offset.reset": "earliest",
            "enable.auto.commit": "false",
            "enable.auto.offset.store": "false",
            // A member that was killed is replaced after this: the least that brokers allow unless told otherwise.
            "session.timeout.ms": "6000",
            "heartbeat.interval.ms": "2000",
            // Also how long a JoinGroup waits for its answer (and 3 s more). The embedded broker lets it wait for the session timeout
            // less 1 s, and when it is frozen meanwhile forgets, once it goes on, that anybody waits. A reader may take longer: the
            // thread for commits polls.
            "max.poll.interval.ms": "6000",
            // The embedded broker answers an empty fetch only after the whole wait, whatever has arrived meanwhile.
            "fetch.wait.max.ms": "50",
            "fetch.error.backoff.ms": "100",
            "socket.timeout.ms": "10000",
            "socket.nagle.disable": "true",
            "reconnect.backoff.max.ms": "1000",
        ].merging(configuration.properties) { _, override in override }
        self.inbox = ConsumerInbox()
        self.callbacks = KafkaCallbacks(logger, inbox: self.inbox)
        let handle = try KafkaHandle.make(RD_KAFKA_CONSUMER, properties: properties, callbacks: self.callbacks) {
            rd_kafka_conf_set_rebalance_cb($0, rebalanceCallback)
        }
        self.handle = handle
        rd_kafka_poll_set_consumer(handle.pointer)
        self.commits = try CommitLoop(handle)
        let code = withPartitionList(topics.map { (KafkaPartition(topic: $0, partition: -1), 0) }) {
            rd_kafka_subscribe(handle.pointer, $0)
        }
        guard code == RD_KAFKA_RESP_ERR_NO_ERROR else {
            self.commits.abandon()
            rd_kafka_destroy(handle.pointer)
            throw .library(code, doing: "subscribe to \(topics.joined(separator: ", "))")
        }
    }

    /// The polling thread's work, until the consumer is closed.
    func run() {
        while self.state.withLock({ $0.phase == .open }) {
            self.inbox.lag.measure(self.inbox.assignment ?? [], self.handle)
            guard self.inbox.waitForRoom() else { continue }
            guard let message = rd_kafka_consumer_poll(self.handle.pointer, 100) else { continue }
            self.receive(message)
            rd_kafka_message_destroy(message)
        }
        self.inbox.finish()
        rd_kafka_consumer_close(self.handle.pointer)
        self.commits.finish()
        rd_kafka_destroy(self.handle.pointer)
        let waiting = self.state.withLock { state in
            state.phase = .closed
            defer { state.waiting = [] }
            return state.waiting
        }
        for continuation in waiting { continuation.resume() }
    }

    private func receive(_ message: UnsafeMutablePointer<rd_kafka_message_t>) {
        let code = message.pointee.err
        switch code {
        case RD_KAFKA_RESP_ERR_NO_ERROR:
            self.inbox.put(KafkaMessage(message))
        case RD_KAFKA_RESP_ERR__FATAL:
            self.inbox.finish(KafkaError.library(code, doing: "go on consuming"))
        default:
            // Everything else passes: librdkafka goes on trying, and the next message is the proof.
            let text = message.pointee.payload.map { String(cString: $0.assumingMemoryBound(to: CChar.self)) }
            self.callbacks.log(level: 5, facility: "CONSUME", text: "\(describe(code)): \(text ?? "")")
        }
    }

    /// Ends ``run()`` at its next turn.
    func beginClosing() {
        self.commits.beginClosing()
        self.state.withLock { state in
            if state.phase == .open { state.phase = .closing }
        }
        self.inbox.finish()
    }

    func close() async {
        self.beginClosing()
        await withCheckedContinuation { continuation in
            let isClosed = self.state.withLock { state in
                if state.phase != .closed { state.waiting.append(continuation) }
                return state.phase == .closed
            }
            if isClosed { continuation.resume() }
        }
    }
}

/// `rd_kafka_conf_set_rebalance_cb`: called by `rd_kafka_consumer_poll` and `rd_kafka_consumer_close`.
private let rebalanceCallback:
    @convention(c) (
        OpaquePointer?, rd_kafka_resp_err_t, UnsafeMutablePointer<rd_kafka_topic_partition_list_t>?,
        UnsafeMutableRawPointer?
    ) -> Void = { handle, code, list, opaque in
        guard let handle, let list, let opaque else { return }
        let target = KafkaCallbacks.of(opaque)
        let share = partitions(of: list).map(\.partition)
        let names = share.map { "\($0.topic)/\($0.partition)" }.joined(separator: " ")
        if code == RD_KAFKA_RESP_ERR__ASSIGN_PARTITIONS {
            rd_kafka_assign(handle, list)
            target.inbox?.assign(share)
            target.logger.info("Kafka partitions assigned", metadata: ["partitions": "\(names)"])
        } else {
            target.inbox?.revoke()
            rd_kafka_assign(handle, nil)
            target.logger.info("Kafka partitions revoked", metadata: ["partitions": "\(names)"])
        }
    }
