import KafkaClient
import Logging
import Testing

let quiet = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }

/// Asks until the answer is yes; `false` when it is not within the limit.
func eventually(
    within limit: Duration = .seconds(30),
    _ condition: () async throws -> Bool
) async throws -> Bool {
    let deadline = ContinuousClock.now + limit
    while ContinuousClock.now < deadline {
        if try await condition() { return true }
        try await Task.sleep(for: .milliseconds(20))
    }
    return false
}

/// A real cluster of our own, reached over TCP, for the time of `body`.
func withCluster(
    brokers: Int = 3,
    partitions: Int32 = 4,
    _ body: (EmbeddedKafkaCluster, KafkaConfiguration) async throws -> Void
) async throws {
    let cluster = try EmbeddedKafkaCluster(brokers: brokers, topics: [("t", partitions: partitions)], logger: quiet)
    defer { cluster.close() }
    try await body(cluster, KafkaConfiguration(bootstrapServers: cluster.bootstrapServers, clientID: "test"))
}

/// A producer for the time of `body`.
func withProducer(
    _ configuration: KafkaConfiguration,
    properties: [String: String] = [:],
    _ body: (KafkaProducer) async throws -> Void
) async throws {
    var configuration = configuration
    configuration.properties.merge(properties) { $1 }
    let producer = try KafkaProducer(configuration, logger: quiet)
    do {
        try await body(producer)
    } catch {
        await producer.close()
        throw error
    }
    await producer.close()
}

/// A member of a group for the time of `body`.
func withConsumer(
    _ configuration: KafkaConfiguration,
    group: String = "g",
    _ body: (KafkaConsumer) async throws -> Void
) async throws {
    let consumer = try KafkaConsumer(configuration, groupID: group, topics: ["t"], logger: quiet)
    do {
        try await body(consumer)
    } catch {
        await consumer.close()
        throw error
    }
    await consumer.close()
}

func bytes(_ text: String) -> [UInt8] { Array(text.utf8) }

func text(_ bytes: [UInt8]) -> String { String(decoding: bytes, as: UTF8.self) }

/// The next message, or a failure when none comes.
func nextMessage(_ consumer: KafkaConsumer, within limit: Duration = .seconds(30)) async throws -> KafkaMessage {
    let message = try await withThrowingTaskGroup(of: KafkaMessage?.self) { group in
        group.addTask { try await consumer.next() }
        group.addTask {
            try await Task.sleep(for: limit)
            return nil
        }
        defer { group.cancelAll() }
        return try await group.next() ?? nil
    }
    return try #require(message, "no message within \(limit)")
}

/// Everything in the topics.
func readAll(
    _ configuration: KafkaConfiguration,
    topics: [String] = ["t"],
    within deadline: Duration,
    maximumMessages: Int = 100_000
) async throws -> [KafkaMessage] {
    try await KafkaReader.readAll(
        configuration,
        topics: topics,
        deadline: deadline,
        maximumMessages: maximumMessages,
        logger: quiet
    )
}
