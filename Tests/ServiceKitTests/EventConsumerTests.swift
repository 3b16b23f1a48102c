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

    @Test("messages of different keys are handled side by side, those of one key in their order, each once")
    func sideBySide() async throws {
        let cluster = try EmbeddedKafkaCluster(brokers: 1, topics: [("t", partitions: 2)], logger: TestLog.quiet)
        defer { cluster.close() }
        let configuration = KafkaConfiguration(bootstrapServers: cluster.bootstrapServers, clientID: "test")
        let producer = try KafkaProducer(configuration, logger: TestLog.quiet)
        for number in 1...5 {
            for key in ["a", "b", "c", "d"] {
                _ = try await producer.send(
                    topic: "t",
                    key: Array(key.utf8),
                    value: Array("\(key)\(number)".utf8),
                    headers: []
                )
            }
        }
        await producer.close()
        let work = Mutex<(now: [String], most: Int, done: [String])>(([], 0, []))
        let isEnough = Wakeup()
        let consumer = try KafkaConsumer(configuration, groupID: "g", topics: ["t"], logger: TestLog.quiet)
        let service = EventConsumer(consumer: consumer, name: "g", logger: TestLog.quiet) { message in
            let text = String(decoding: message.value, as: UTF8.self)
            work.withLock { work in
                #expect(!work.now.contains { $0.first == text.first }, "\(text) beside \(work.now)")
                work.now.append(text)
                work.most = max(work.most, work.now.count)
            }
            // So long that what comes after it would be handled meanwhile.
            try await Task.sleep(for: .milliseconds(20))
            let count = work.withLock { work in
                work.now.removeAll { $0 == text }
                work.done.append(text)
                return work.done.count
            }
            if count == 20 { isEnough.signal() }
        }
        let group = ServiceGroup(services: [service], logger: TestLog.quiet)
        async let running: Void = group.run()
        await isEnough.sleep(for: .seconds(60))
        await group.triggerGracefulShutdown()
        try await running
        let (_, most, done) = work.withLock { $0 }
        for key in ["a", "b", "c", "d"] {
            #expect(done.filter { $0.hasPrefix(key) } == (1...5).map { "\(key)\($0)" })
        }
        #expect(most > 1)
    }

    @Test("what was not handled when it stops is not committed, nor what comes after it in its partition")
    func stopped() async throws {
        let cluster = try EmbeddedKafkaCluster(brokers: 1, topics: [("t", partitions: 1)], logger: TestLog.quiet)
        defer { cluster.close() }
        let configuration = KafkaConfiguration(bootstrapServers: cluster.bootstrapServers, clientID: "test")
        let producer = try KafkaProducer(configuration, logger: TestLog.quiet)
        for number in 1...40 {
            let text = Array("\(number)".utf8)
            _ = try await producer.send(topic: "t", key: text, value: text, headers: [])
        }
        await producer.close()
        let isStuck = Wakeup()
        let attempts = Mutex(0)
        let passed = Mutex<[Int]>([])
        let consumer = try KafkaConsumer(configuration, groupID: "g", topics: ["t"], logger: TestLog.quiet)
        let service = EventConsumer(consumer: consumer, name: "g", logger: TestLog.quiet) { message in
            struct NotNow: Error {}
            let number = Int(String(decoding: message.value, as: UTF8.self)) ?? 0
            if number == 20 {
                // By the third attempt, pauses and all, the others are done that were taken with it.
                if attempts.withLock({
                    $0 += 1; return $0
                }) == 3 {
                    isStuck.signal()
                }
                throw NotNow()
            }
            if number > 20 { passed.withLock { $0.append(number) } }
            // So long that all of them have arrived when the twentieth is taken.
            if number < 10 { try await Task.sleep(for: .milliseconds(20)) }
        }
        let group = ServiceGroup(services: [service], logger: TestLog.quiet)
        async let running: Void = group.run()
        await isStuck.sleep(for: .seconds(60))
        await group.triggerGracefulShutdown()
        try await running
        #expect(passed.withLock { !$0.isEmpty })
        let left = Set(try await consume(21, configuration))
        #expect(left == Set((20...40).map { "\($0)" }))
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
