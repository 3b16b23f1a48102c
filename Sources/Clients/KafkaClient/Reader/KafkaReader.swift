import CRDKafka
import Logging

/// Reads whole topics, without a group and without leaving a trace at the broker: for verification.
package enum KafkaReader {
    /// Everything in every partition of the topics, from the beginning to where each ended when this was called.
    ///
    /// - Parameters:
    ///   - configuration: the cluster, and this client of it.
    ///   - topics: which must exist, unless the broker makes topics by itself.
    ///   - deadline: how long it may take.
    ///   - maximumMessages: more than this is an error, not a truncated answer.
    ///   - logger: hears of brokers that are away.
    /// - Returns: the messages, ordered by topic (as given), partition and offset.
    /// - Throws: ``KafkaError`` unless every partition was read completely: ``KafkaError/Kind/timedOut`` when an end was not
    ///   reached, ``KafkaError/Kind/trimmed`` when a beginning is gone.
    package static func readAll(
        _ configuration: KafkaConfiguration,
        topics: [String],
        deadline: Duration,
        maximumMessages: Int = 2_000_000,
        logger: Logger = Logger(label: "kafka-reader")
    ) async throws(KafkaError) -> [KafkaMessage] {
        try await ReaderRun.perform(
            configuration,
            deadline: deadline,
            maximumMessages: maximumMessages,
            logger: logger
        ) { run throws(KafkaError) in try run.read(topics) }
    }

    /// How far a consumer group has committed the partitions of the topics: the offset after the last message that it says is done.
    ///
    /// - Parameters:
    ///   - group: which is not joined.
    ///   - configuration: the cluster, and this client of it.
    ///   - topics: which must exist.
    ///   - deadline: how long it may take.
    ///   - logger: hears of brokers that are away.
    /// - Returns: the offsets; a partition of which nothing was committed is absent.
    /// - Throws: ``KafkaError`` when the broker does not answer in time.
    package static func committed(
        by group: String,
        _ configuration: KafkaConfiguration,
        topics: [String],
        deadline: Duration,
        logger: Logger = Logger(label: "kafka-reader")
    ) async throws(KafkaError) -> [KafkaPartition: Int64] {
        var configuration = configuration
        configuration.properties["group.id"] = group
        return try await ReaderRun.perform(configuration, deadline: deadline, maximumMessages: 0, logger: logger) {
            run throws(KafkaError) in try run.committed(topics)
        }
    }
}
