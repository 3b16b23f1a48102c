import KafkaClient
import ServiceLifecycle
import Synchronization
import Testing
import TicketingTestKit

@testable import ServiceKit

@Suite("A consumer of events", .timeLimit(.minutes(2)))
struct EventConsumerTests {
    /// Handles messages of the topic until the effect of `count` of them is there; stops as a service does.
    private func consume(_ count: Int, _ configuration: KafkaConfiguration) async throws -> [String] {
        let handled = Mutex<[String]>([])
        let isEnough = Wakeup()
        let consumer = try KafkaConsumer(configuration, groupID: "g", topics: ["t"], logger: TestLog.quiet)
        let service = EventConsumer(consumer: consumer, name: "g", logger: TestLog.quiet) { message in
            let soFar = handled.withLock { handled in
                handled.append(String(decoding: message.value, as: UTF8.self))
                return handled.count
            }
            if soFar >= count { isEnough.signal() }
        }
        let group = ServiceGroup(services: [service], logger: TestLog.quiet)
        async let running: Void = group.run()
        await isEnough.sleep(for: .seconds(60))
        await group.triggerGracefulShutdown()
        try await running
        return handled.withLock { $0 }
    }

    @Test("what was handled is committed when it stops, to the last message, and not handled again")
    func committed() async throws {
        let cluster = try EmbeddedKafkaCluster(brokers: 1, topics: [("t", partitions: 2)], logger: TestLog.quiet)
        defer { cluster.close() }
        let configuration = KafkaConfiguration(bootstrapServers: cluster.bootstrapServers, clientID: "test")
        let producer = try KafkaProducer(configuration, logger: TestLog.quiet)
        func send(_ texts: [String]) async throws {
            for text in texts {
                _ = try await producer.send(topic: "t", key: Array(text.utf8), value: Array(text.utf8), headers: [])
            }
        }
        let first = (1...40).map { "a\($0)" }
        try await send(first)
        #expect(Set(try await consume(40, configuration)) == Set(first))
        try await send(["b"])
        #expect(try await consume(1, configuration) == ["b"])
        await producer.close()
    }
}
