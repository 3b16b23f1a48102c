import CRDKafka
import Logging
import Synchronization

/// Owns the `rd_kafka_t` of a producer: hands records to it, serves its delivery reports on one thread, destroys it at the end.
final class ProducerLoop: Sendable {
    /// How long ``close()`` waits for what is on its way.
    private static let closeGrace: Duration = .seconds(5)
    /// How long it then waits for librdkafka to report what it was told to give up.
    private static let purgeGrace: Duration = .seconds(2)

    private enum Phase { case open, closing, closed }
    private struct State {
        var phase = Phase.open
        var waiting: [CheckedContinuation<Void, Never>] = []
    }
    private let handle: KafkaHandle
    private let callbacks: KafkaCallbacks
    private let state = Mutex(State())

    init(_ configuration: KafkaConfiguration, logger: Logger) throws(KafkaError) {
        let properties = [
            "bootstrap.servers": configuration.bootstrapServers,
            "client.id": configuration.clientID,
            "enable.idempotence": "true",
            "acks": "all",
            "delivery.timeout.ms": "10000",
            // Few, larger batches: the embedded broker searches its list of batches from the start.
            "linger.ms": "5",
            "queue.buffering.max.messages": "20000",
            "socket.timeout.ms": "10000",
            "socket.nagle.disable": "true",
            "reconnect.backoff.max.ms": "1000",
        ].merging(configuration.properties) { _, override in override }
        self.callbacks = KafkaCallbacks(logger)
        self.handle = try KafkaHandle.make(RD_KAFKA_PRODUCER, properties: properties, callbacks: self.callbacks) {
            rd_kafka_conf_set_dr_msg_cb($0, deliveryReportCallback)
        }
    }

    /// Hands the records over in order.
    ///
    /// Never blocks: what does not fit fails as ``KafkaError/Kind/overloaded``.
    func enqueue(_ records: [KafkaRecord], _ batch: DeliveryBatch) {
        var refused: [(Int, KafkaError)] = []
        // The lock keeps batches whole and in order, and the handle alive until `run` sees the phase change.
        self.state.withLock { state in
            for (index, record) in records.enumerated() {
                guard state.phase == .open else {
                    refused.append((index, .closed(doing: "send to \(record.topic)")))
                    continue
                }
                if let error = self.produce(record, DeliverySlot(batch, index: index, topic: record.topic)) {
                    refused.append((index, error))
                }
            }
        }
        for (index, error) in refused { batch.settle(index, .failure(error)) }
    }

    private func produce(_ record: KafkaRecord, _ slot: DeliverySlot) -> KafkaError? {
        let headers = rd_kafka_headers_new(max(1, record.headers.count))
        for header in record.headers {
            rd_kafka_header_add(headers, header.name, -1, header.value, header.value.count)
        }
        let opaque = Unmanaged.passRetained(slot)
        let code =
            if let key = record.key {
                crdkafka_produce(
                    self.handle.pointer,
                    record.topic,
                    key,
                    key.count,
                    record.value,
                    record.value.count,
                    headers,
                    opaque.toOpaque()
                )
            } else {
                crdkafka_produce(
                    self.handle.pointer,
                    record.topic,
                    nil,
                    0,
                    record.value,
                    record.value.count,
                    headers,
                    opaque.toOpaque()
                )
            }
        guard code != RD_KAFKA_RESP_ERR_NO_ERROR else { return nil }
        rd_kafka_headers_destroy(headers)
        opaque.release()
        return .producing(topic: record.topic, code: code, status: RD_KAFKA_MSG_STATUS_NOT_PERSISTED)
    }

    /// The thread's work, until the producer is closed.
    func run() {
        let handle = self.handle.pointer
        while self.state.withLock({ $0.phase == .open }) {
            rd_kafka_poll(handle, 100)
        }
        self.drain(for: Self.closeGrace)
        if rd_kafka_outq_len(handle) > 0 {
            rd_kafka_purge(handle, RD_KAFKA_PURGE_F_QUEUE | RD_KAFKA_PURGE_F_INFLIGHT)
            self.drain(for: Self.purgeGrace)
        }
        rd_kafka_destroy(handle)
        let waiting = self.state.withLock { state in
            state.phase = .closed
            defer { state.waiting = [] }
            return state.waiting
        }
        for continuation in waiting { continuation.resume() }
    }

    private func drain(for grace: Duration) {
        let deadline = monotonicNanoseconds() + grace.nanoseconds
        while rd_kafka_outq_len(self.handle.pointer) > 0, monotonicNanoseconds() < deadline {
            rd_kafka_poll(self.handle.pointer, 20)
        }
    }

    /// Refuses new records; the thread ends when the old ones are settled.
    func beginClosing() {
        self.state.withLock { state in
            if state.phase == .open { state.phase = .closing }
        }
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

/// `rd_kafka_conf_set_dr_msg_cb`: called by `rd_kafka_poll`, once for every message that was taken.
private let deliveryReportCallback:
    @convention(c) (OpaquePointer?, UnsafePointer<rd_kafka_message_t>?, UnsafeMutableRawPointer?) -> Void = {
        _,
        message,
        _ in
        guard let message, let opaque = message.pointee._private else { return }
        let slot = Unmanaged<DeliverySlot>.fromOpaque(opaque).takeRetainedValue()
        let code = message.pointee.err
        guard code == RD_KAFKA_RESP_ERR_NO_ERROR else {
            let status = rd_kafka_message_status(message)
            slot.batch.settle(slot.index, .failure(.producing(topic: slot.topic, code: code, status: status)))
            return
        }
        let delivery = KafkaDelivery(partition: message.pointee.partition, offset: message.pointee.offset)
        slot.batch.settle(slot.index, .success(delivery))
    }
