import Foundation
import KafkaClient
import MySQLClient
import ServiceKit
import Testing
import TicketingTestKit

/// A relay of a topic of its own, whose consumer is the test: it records what it likes, when it likes.
private struct RelayedTopic {
    /// Long enough for a consumer that is seen to get on to be looked at twice.
    static let patience = 9

    let suite: OrderSuite
    let name: String
    let relay: OutboxRelay

    struct Row {
        var id: Int64
        var partition: Int64
        var attempts: Int64
    }

    /// Adds a row and waits until it is sent, so that each is sent after the one before it.
    func send() async throws {
        let id = try await suite.mysql.execute(
            "INSERT INTO outbox (topic, message_key, payload) VALUES (?, ?, '{}')",
            [.text(name), .text(UUID().uuidString)]
        ).lastInsertID
        relay.wake()
        try await suite.eventually("row \(id) is sent") {
            try await suite.count("outbox WHERE id = ? AND status = 'sent'", [.int(Int64(id))]) == 1
        }
    }

    /// The rows of the topic, in the order in which they were first sent.
    func rows() async throws -> [Row] {
        try await suite.mysql.query(
            "SELECT id, kafka_partition, attempts FROM outbox WHERE topic = ? ORDER BY id",
            [.text(name)]
        ).map { Row(id: try $0.int("id"), partition: try $0.int("kafka_partition"), attempts: try $0.int("attempts")) }
    }

    /// The ids of the rows that were sent more than once.
    func sentAgain() async throws -> [Int64] { try await rows().filter { $0.attempts > 1 }.map(\.id) }

    /// Says that the message of a row has had its effect.
    func record(_ row: Row) async throws {
        _ = try await suite.mysql.execute(
            "INSERT INTO consumed (consumer, message_id) VALUES (?, ?)",
            [.text(name), .text(Outbox.messageID(topic: name, row: row.id))]
        )
    }

    /// Runs `body` while the relay is at work.
    static func with(_ body: @escaping @Sendable (RelayedTopic) async throws -> Void) async throws {
        let suite = try await OrderSuite.shared.value
        let name = "topic-" + UUID().uuidString.lowercased()
        let cluster = try EmbeddedKafkaCluster(brokers: 1, topics: [(name, partitions: 2)])
        let configuration = KafkaConfiguration(bootstrapServers: cluster.bootstrapServers, clientID: "test")
        let relay = OutboxRelay(
            mysql: suite.mysql,
            producer: try KafkaProducer(configuration, logger: TestLog.quiet),
            topic: name,
            consumer: name,
            patience: patience,
            logger: TestLog.quiet
        )
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await relay.run() }
            group.addTask { try await body(RelayedTopic(suite: suite, name: name, relay: relay)) }
            try await group.next()
            group.cancelAll()
        }
        withExtendedLifetime(cluster) {}
    }
}

@Suite("What the relay sends again", .timeLimit(.minutes(2)))
struct OutboxRelayTests {
    @Test("of a consumer that lags, only the message that it has passed over is sent again")
    func lagging() async throws {
        try await RelayedTopic.with { topic in
            for _ in 0..<12 { try await topic.send() }
            let rows = try await topic.rows()
            // There is one: of three rows two are in the same of the two partitions.
            let lost = try #require(
                rows.first { row in rows.contains { $0.id > row.id && $0.partition == row.partition } }
            )
            // A row every second and a half: after the first six, all have been on their way for longer than is allowed for.
            for row in rows where row.id != lost.id {
                try await topic.record(row)
                try await Task.sleep(for: .milliseconds(1_500))
            }
            // Not awaited: when the consumer comes to a standstill everything is sent again.
            #expect(try await topic.sentAgain() == [lost.id])
        }
    }

    @Test("when nothing at all is recorded, everything is sent again")
    func still() async throws {
        try await RelayedTopic.with { topic in
            for _ in 0..<3 { try await topic.send() }
            try await topic.suite.eventually("all is sent again", within: .seconds(30)) {
                try await topic.sentAgain().count == 3
            }
        }
    }
}
