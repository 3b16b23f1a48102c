import Foundation
import KafkaClient
import Logging
import NIOHTTP1
import Testing

@testable import FaultInjection

@Suite("Rules before a Kafka cluster", .timeLimit(.minutes(2)))
struct KafkaRuleTests {
    private static let quiet = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }

    /// Three brokers, and a proxy before the first, which the clients are told of.
    private static func onKafka(
        _ body:
            @escaping @Sendable (TestProxy, _ through: KafkaConfiguration, _ direct: KafkaConfiguration) async throws ->
            Void
    ) async throws {
        let cluster = try EmbeddedKafkaCluster(brokers: 3, topics: [("t", partitions: 4)], logger: quiet)
        defer { cluster.close() }
        let servers = cluster.bootstrapServers
        try await TestProxy.with { proxy in
            let first = try #require(servers.split(separator: ",").first)
            let listen = try await proxy.create(upstream: String(first), speaking: .kafka)
            var through = KafkaConfiguration(bootstrapServers: listen, clientID: "test")
            through.properties["socket.timeout.ms"] = "2000"
            try await body(proxy, through, KafkaConfiguration(bootstrapServers: servers, clientID: "test"))
        }
    }

    private static func values(_ configuration: KafkaConfiguration) async throws -> [String] {
        let messages = try await KafkaReader.readAll(
            configuration,
            topics: ["t"],
            deadline: .seconds(20),
            maximumMessages: 10_000,
            logger: quiet
        )
        return messages.map { String(decoding: $0.value, as: UTF8.self) }.sorted()
    }

    @Test("clients that know only the proxy reach every broker through it, to write and to read")
    func addresses() async throws {
        try await Self.onKafka { proxy, through, direct in
            let producer = try KafkaProducer(through, logger: Self.quiet)
            for number in 0..<20 {
                _ = try await producer.send(topic: "t", key: Array("\(number)".utf8), value: Array("\(number)".utf8))
            }
            await producer.close()
            #expect(try await Self.values(direct).count == 20)
            #expect(try await Self.values(through).count == 20)
            let shown = try await proxy.call(.GET, "/proxies/p")
            #expect(shown["unfollowed"] == .object([:]))
            guard case .object(let brokers)? = shown["brokers"] else {
                throw TCPSocket.Failure(description: shown.text)
            }
            #expect(brokers.count == 2, "the first broker is reached where the proxy itself listens: \(brokers)")
            // A partition is led by each broker: what was written has passed the rules' eyes on all of them.
            try await proxy.rule(#""match": {"api": "Produce", "topic": "t"}, "act": {"delay": 1}"#)
            let second = try KafkaProducer(through, logger: Self.quiet)
            for number in 0..<20 {
                _ = try await second.send(topic: "t", key: Array("\(number)".utf8), value: Array("x".utf8))
            }
            await second.close()
            #expect(try await proxy.rules().first?.matched == 20)
        }
    }

    @Test("an acknowledgement that is lost, and a Produce that is sent twice, end up in the log as Kafka has it")
    func lostAcknowledgement() async throws {
        try await Self.onKafka { proxy, through, direct in
            let produce = #""match": {"api": "Produce", "topic": "t"}, "when": "once""#
            let producer = try KafkaProducer(through, logger: Self.quiet)
            try await proxy.rule(#""name": "lost", \#(produce), "where": "reply", "act": "drop""#)
            _ = try await producer.send(topic: "t", key: nil, value: Array("lost".utf8))
            #expect(try await Self.values(direct) == ["lost", "lost"])
            try await proxy.rule(#""name": "twice", \#(produce), "act": "duplicate""#)
            _ = try await producer.send(topic: "t", key: nil, value: Array("twice".utf8))
            _ = try await producer.send(topic: "t", key: nil, value: Array("then".utf8))
            await producer.close()
            #expect(try await Self.values(direct) == ["lost", "lost", "then", "twice", "twice"])
            #expect(try await proxy.rules().map(\.applied) == [1, 1])
        }
    }
}
