import KafkaClient
import Testing

@Suite("Kafka reader", .timeLimit(.minutes(2)))
struct KafkaReaderTests {
    @Test("an empty topic is read at once, as nothing")
    func empty() async throws {
        try await withCluster { _, configuration in
            let read = try await readAll(configuration, within: .seconds(20))
            #expect(read == [])
        }
    }

    @Test("every message of every partition is read, in the order of topic, partition and offset, again and again")
    func many() async throws {
        try await withCluster { _, configuration in
            try await withProducer(configuration) { producer in
                let results = await producer.send(
                    (0..<5000).map { KafkaRecord(topic: "t", key: bytes("k\($0)"), value: bytes("\($0)")) }
                )
                for result in results { _ = try result.get() }
            }
            for _ in 0..<2 {
                let read = try await readAll(configuration, within: .seconds(20))
                #expect(read.count == 5000)
                #expect(Set(read.map { text($0.value) }).count == 5000)
                let places = read.map { [Int64($0.partition), $0.offset] }
                #expect(places == places.sorted { $0.lexicographicallyPrecedes($1) })
                #expect(Set(read.map(\.partition)).count == 4)
            }
        }
    }

    @Test("more messages than may be read is an error, not a part of the answer")
    func limit() async throws {
        try await withCluster { _, configuration in
            try await withProducer(configuration) { producer in
                for _ in 0..<3 { try await producer.send(topic: "t", key: nil, value: []) }
            }
            let error = await #expect(throws: KafkaError.self) {
                try await readAll(configuration, within: .seconds(20), maximumMessages: 2)
            }
            #expect(error?.message.contains("3 messages") == true)
        }
    }

    @Test("a broker that is away, or frozen, is an error that names the deadline", arguments: [true, false])
    func unreachable(frozen: Bool) async throws {
        try await withCluster(brokers: 1) { cluster, configuration in
            if frozen {
                try cluster.freeze(for: .seconds(60))
            } else {
                try cluster.brokerDown(1)
            }
            let error = await #expect(throws: KafkaError.self) {
                try await readAll(configuration, within: .seconds(2))
            }
            #expect(error?.kind == .timedOut)
            #expect(error?.message.contains("2.0 seconds") == true)
        }
    }

    @Test("one partition whose broker is away fails the whole reading: no partial answer")
    func partial() async throws {
        try await withCluster { cluster, configuration in
            try await withProducer(configuration) { producer in
                for index in 0..<20 { try await producer.send(topic: "t", key: bytes("\(index)"), value: []) }
            }
            // Which broker leads which partition is chance: one of them leads one with messages.
            var failures = 0
            for id in Int32(1)...3 {
                try cluster.brokerDown(id)
                do {
                    let read = try await readAll(configuration, within: .seconds(2))
                    #expect(read.count == 20)
                } catch {
                    failures += 1
                }
                try cluster.brokerUp(id)
            }
            #expect(failures > 0)
            let read = try await readAll(configuration, within: .seconds(20))
            #expect(read.count == 20)
        }
    }
}
