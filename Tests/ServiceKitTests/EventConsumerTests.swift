import KafkaClient
import ServiceLifecycle
import Synchronization
import Testing
import TicketingTestKit

@testable import ServiceKit

@Suite("A consumer of events", .timeLimit(.minutes(2)))
struct EventConsumerTests {
    /// Handles the messages of the topic until `isEnough`; stops as a service does.
    private func consume(
        _ configuration: KafkaConfiguration,
        until isEnough: Wakeup,
        _ handle: @escaping @Sendable (String) async throws -> Void
    ) async throws {
        let consumer = try KafkaConsumer(configuration, groupID: "g", topics: ["t"], logger: TestLog.quiet)
        let service = EventConsumer(consumer: consumer, name: "g", logger: TestLog.quiet) { message in
            try await handle(String(decoding: message.value, as: UTF8.self))
        }
        let group = ServiceGroup(services: [service], logger: TestLog.quiet)
        async let running: Void = group.run()
        await isEnough.sleep(for: .seconds(60))
        await group.triggerGracefulShutdown()
        try await running
    }

    /// Handles messages of the topic until the effect of `count` of them is there.
    private func consume(_ count: Int, _ configuration: KafkaConfiguration) async throws -> [String] {
        let handled = Mutex<[String]>([])
        let isEnough = Wakeup()
        try await consume(configuration, until: isEnough) { text in
            let soFar = handled.withLock { handled in
                handled.append(text)
                return handled.count
            }
            if soFar >= count { isEnough.signal() }
        }
        return handled.withLock { $0 }
    }

    /// Sends messages whose key is their first character, or, where they are numbers, all of them.
    private func send(_ texts: [String], _ configuration: KafkaConfiguration) async throws {
        let producer = try KafkaProducer(configuration, logger: TestLog.quiet)
        for text in texts {
            let key = Int(text) == nil ? String(text.prefix(1)) : text
            _ = try await producer.send(topic: "t", key: Array(key.utf8), value: Array(text.utf8), headers: [])
        }
        await producer.close()
    }

    private func cluster(partitions: Int32) throws -> (EmbeddedKafkaCluster, KafkaConfiguration) {
        let cluster = try EmbeddedKafkaCluster(
            brokers: 1,
            topics: [("t", partitions: partitions)],
            logger: TestLog.quiet
        )
        return (cluster, KafkaConfiguration(bootstrapServers: cluster.bootstrapServers, clientID: "test"))
    }

    @Test("messages of different keys are handled side by side, those of one key in their order, each once")
    func sideBySide() async throws {
        let (cluster, configuration) = try cluster(partitions: 2)
        defer { cluster.close() }
        let keys = ["a", "b", "c", "d"]
        try await send((1...5).flatMap { number in keys.map { "\($0)\(number)" } }, configuration)
        let work = Mutex<(now: [String], most: Int, done: [String])>(([], 0, []))
        let isEnough = Wakeup()
        try await consume(configuration, until: isEnough) { text in
            work.withLock { work in
                let isAlone = !work.now.contains { $0.first == text.first }
                #expect(isAlone, "\(text) beside \(work.now)")
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
        let (_, most, done) = work.withLock { $0 }
        for key in keys {
            #expect(done.filter { $0.hasPrefix(key) } == (1...5).map { "\(key)\($0)" })
        }
        #expect(most > 1)
    }

    @Test("what was not handled when it stops is not committed, nor what comes after it in its partition")
    func stopped() async throws {
        struct NotNow: Error {}
        let (cluster, configuration) = try cluster(partitions: 1)
        defer { cluster.close() }
        try await send((1...40).map { "\($0)" }, configuration)
        let isStuck = Wakeup()
        // The first message from the twentieth on that sees a later one beside it never succeeds.
        let work = Mutex<(begun: Int, stuck: Int?, attempts: Int)>((0, nil, 0))
        try await consume(configuration, until: isStuck) { text in
            let number = Int(text) ?? 0
            work.withLock { $0.begun = max($0.begun, number) }
            // So long that all of them have arrived, and what is taken together has begun.
            if work.withLock({ $0.stuck == nil }) { try await Task.sleep(for: .milliseconds(20)) }
            let attempt: Int? = work.withLock { work in
                if number >= 20, work.stuck == nil, work.begun > number { work.stuck = number }
                guard work.stuck == number else { return nil }
                work.attempts += 1
                return work.attempts
            }
            guard let attempt else { return }
            // By the third attempt, pauses and all, the others are done that were taken with it.
            if attempt == 3 { isStuck.signal() }
            throw NotNow()
        }
        let stuck = try #require(work.withLock { $0.stuck })
        let left = Set(try await consume(41 - stuck, configuration))
        #expect(left == Set((stuck...40).map { "\($0)" }))
    }

    @Test("what was handled is committed when it stops, to the last message, and not handled again")
    func committed() async throws {
        let (cluster, configuration) = try cluster(partitions: 2)
        defer { cluster.close() }
        let first = (1...40).map { "\($0)" }
        try await send(first, configuration)
        #expect(Set(try await consume(40, configuration)) == Set(first))
        try await send(["b"], configuration)
        #expect(try await consume(1, configuration) == ["b"])
    }
}
