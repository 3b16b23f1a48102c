import KafkaClient
import Synchronization
import Testing

/// What a tail handed over.
private final class Heard: Sendable {
    private let messages = Mutex<[KafkaMessage]>([])

    var all: [KafkaMessage] { messages.withLock(\.self) }

    func add(_ message: KafkaMessage) { messages.withLock { $0.append(message) } }
}

/// Says when it is gone.
private final class Witness: Sendable {
    private let say: @Sendable () -> Void

    init(_ say: @escaping @Sendable () -> Void) { self.say = say }

    deinit { say() }
}

@Suite("Kafka tail", .timeLimit(.minutes(2)))
struct KafkaTailTests {
    @Test("a tail has what was there before it, what came while it followed, and what came just before its end")
    func follows() async throws {
        try await withCluster { _, configuration in
            try await withProducer(configuration) { producer in
                let heard = Heard()
                for index in 0..<10 { try await send(index, producer) }
                let tail = try KafkaTail.start(configuration, topics: ["t"], logger: quiet) { heard.add($0) }
                #expect(try await eventually { heard.all.count == 10 })
                for index in 10..<20 { try await send(index, producer) }
                #expect(try await eventually { heard.all.count == 20 })
                for index in 20..<30 { try await send(index, producer) }
                #expect(try await tail.finish(within: .seconds(20)) == [])
                #expect(heard.all.map { text($0.value) }.sorted() == (0..<30).map { "\($0)" }.sorted())
                for (_, messages) in Dictionary(grouping: heard.all, by: \.partition) {
                    #expect(messages.map(\.offset) == Array(0..<Int64(messages.count)))
                }
            }
        }
    }

    @Test("what the broker throws away after it was heard is not lost")
    func trimmed() async throws {
        // A partition of the embedded broker keeps 5 MiB.
        try await withCluster(partitions: 1) { _, configuration in
            try await withProducer(configuration) { producer in
                let heard = Heard()
                let tail = try KafkaTail.start(configuration, topics: ["t"], logger: quiet) { heard.add($0) }
                let large = [UInt8](repeating: 65, count: 500_000)
                for count in 1...24 {
                    try await producer.send(topic: "t", key: nil, value: large)
                    #expect(try await eventually { heard.all.count == count })
                }
                #expect(try await tail.finish(within: .seconds(20)) == [])
                #expect(heard.all.map(\.offset) == Array(0..<24))
                let late = Heard()
                let second = try KafkaTail.start(configuration, topics: ["t"], logger: quiet) { late.add($0) }
                _ = try await second.finish(within: .seconds(20))
                #expect(late.all.count < 24, "the broker has thrown nothing away, so that this test shows nothing")
            }
        }
    }

    /// A tail whose thread says when it lets go of what it was given.
    ///
    /// In a function of its own: a local variable would hold that too.
    private static func tail(
        _ configuration: KafkaConfiguration,
        isOver: @escaping @Sendable () -> Void
    ) throws -> KafkaTail {
        let witness = Witness(isOver)
        return try KafkaTail.start(configuration, topics: ["t"], logger: quiet) { _ in
            withExtendedLifetime(witness) {}
        }
    }

    @Test("a tail that is dropped ends its thread")
    func dropped() async throws {
        try await withCluster { _, configuration in
            let isOver = Mutex(false)
            var tail: KafkaTail? = try Self.tail(configuration) { isOver.withLock { $0 = true } }
            #expect(tail != nil)
            tail = nil
            #expect(try await eventually { isOver.withLock(\.self) })
        }
    }

    @Test("a broker that is away at the end is an error that names the deadline")
    func unreachable() async throws {
        try await withCluster(brokers: 1) { cluster, configuration in
            let heard = Heard()
            let tail = try KafkaTail.start(configuration, topics: ["t"], logger: quiet) { heard.add($0) }
            try await withProducer(configuration) { try await send(0, $0) }
            #expect(try await eventually { heard.all.count == 1 })
            try cluster.brokerDown(1)
            let error = await #expect(throws: KafkaError.self) { try await tail.finish(within: .seconds(2)) }
            #expect(error?.kind == .timedOut)
        }
    }

    private func send(_ index: Int, _ producer: KafkaProducer) async throws {
        try await producer.send(topic: "t", key: bytes("k\(index)"), value: bytes("\(index)"))
    }
}
