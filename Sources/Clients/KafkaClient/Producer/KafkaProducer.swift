import CRDKafka
import Logging

/// Sends messages, each acknowledged by all in-sync replicas (`acks=all`), in order and without duplicates (idempotent).
///
/// librdkafka retries inside `delivery.timeout.ms` (10 s); what it could not deliver by then fails, and the error says
/// whether the message may be in the log all the same.
package final class KafkaProducer: Sendable {
    private let loop: ProducerLoop

    /// Makes a producer; it connects by itself, and goes on trying.
    ///
    /// - Throws: ``KafkaError/Kind/configuration``.
    package init(_ configuration: KafkaConfiguration, logger: Logger) throws(KafkaError) {
        self.loop = try ProducerLoop(configuration, logger: logger)
        let loop = self.loop
        try KafkaThread.start(name: "kafka-producer") { loop.run() }
    }

    deinit {
        self.loop.beginClosing()
    }

    /// Sends one message and waits until it is acknowledged.
    ///
    /// Cancelling the task does not take the message back.
    ///
    /// - Throws: ``KafkaError``; its ``KafkaError/outcome`` tells whether the message may have been written.
    @discardableResult
    package func send(
        topic: String,
        key: [UInt8]?,
        value: [UInt8],
        headers: [KafkaHeader] = []
    ) async throws(KafkaError) -> KafkaDelivery {
        let results = await self.send([KafkaRecord(topic: topic, key: key, value: value, headers: headers)])
        guard let result = results.first else { throw .closed(doing: "send to \(topic)") }
        return try result.get()
    }

    /// Sends messages in this order, in one go, and waits until the fate of each is known.
    ///
    /// - Returns: one result for each record, in their order.
    package func send(_ records: [KafkaRecord]) async -> [Result<KafkaDelivery, KafkaError>] {
        guard !records.isEmpty else { return [] }
        return await withCheckedContinuation { continuation in
            self.loop.enqueue(records, DeliveryBatch(count: records.count, continuation))
        }
    }

    /// Waits until what was sent is delivered, at most 5 s, gives up on the rest, and ends.
    package func close() async {
        await self.loop.close()
    }
}
