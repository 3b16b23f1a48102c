import Logging

/// A member of a consumer group, which commits by hand: what was not committed is read again after a restart.
///
/// A group without a committed offset begins at the beginning of each partition. When a partition goes to another member,
/// what was fetched of it and not yet returned by ``next()`` is dropped here and read there.
package final class KafkaConsumer: Sendable {
    private let loop: ConsumerLoop

    /// Joins `groupID` for `topics`; connects by itself, and goes on trying.
    ///
    /// - Throws: ``KafkaError/Kind/configuration``.
    package init(
        _ configuration: KafkaConfiguration,
        groupID: String,
        topics: [String],
        logger: Logger
    ) throws(KafkaError) {
        let loop = try ConsumerLoop(configuration, groupID: groupID, topics: topics, logger: logger)
        self.loop = loop
        try KafkaThread.start(name: "kafka-consumer") { loop.run() }
        try KafkaThread.start(name: "kafka-commits") { loop.commits.run() }
    }

    deinit {
        self.loop.beginClosing()
    }

    /// The next message of any assigned partition, in order within its partition; `nil` once closed.
    ///
    /// - Throws: `CancellationError`; ``KafkaError`` with ``KafkaError/Kind/fatal`` when the consumer cannot go on. Brokers that
    ///   are away are waited for.
    package func next() async throws -> KafkaMessage? {
        try await self.loop.inbox.next()
    }

    /// The next message, as ``next()`` gives it, and those that are there already, at most `count`; none once closed.
    ///
    /// - Throws: As ``next()``.
    package func next(upTo count: Int) async throws -> [KafkaMessage] {
        guard let first = try await self.next() else { return [] }
        return [first] + self.loop.inbox.take(upTo: count - 1)
    }

    /// Records, at the broker, that the group has handled its partition up to and including this message.
    ///
    /// - Throws: ``KafkaError``; after ``KafkaOutcome/unknown`` it may be recorded all the same, and committing again is harmless.
    package func commit(_ message: KafkaMessage) async throws(KafkaError) {
        try await self.loop.commits.commit(message)
        self.loop.inbox.lag.committed(
            KafkaPartition(topic: message.topic, partition: message.partition),
            next: message.offset + 1
        )
    }

    /// How many messages of each of this member's partitions are not committed yet, as measured within the last second.
    package var lag: [KafkaPartition: Int64] { self.loop.inbox.lag.values }

    /// Whether the group has given this member its share of the partitions (which may be none).
    package var isAssigned: Bool { self.loop.inbox.assignment != nil }

    /// The partitions that are this member's now.
    package var assignment: [KafkaPartition] { self.loop.inbox.assignment ?? [] }

    /// Leaves the group at once, so that its partitions go to others, and ends.
    ///
    /// Waiting calls of ``next()`` return `nil`.
    package func close() async {
        await self.loop.close()
    }
}
