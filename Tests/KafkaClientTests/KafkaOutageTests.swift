import KafkaClient
import Testing

@Suite("Kafka brokers down, slow and frozen", .timeLimit(.minutes(2)))
struct KafkaOutageTests {
    private let impatient = ["delivery.timeout.ms": "1500", "request.timeout.ms": "1000"]

    @Test("what could not even be sent certainly was not written, and sending works again once the broker is up")
    func downIsCertain() async throws {
        try await withCluster(brokers: 1) { cluster, configuration in
            try await withProducer(configuration, properties: self.impatient) { producer in
                try await producer.send(topic: "t", key: nil, value: bytes("before"))
                try cluster.brokerDown(1)
                let error = await #expect(throws: KafkaError.self) {
                    try await producer.send(topic: "t", key: nil, value: bytes("lost"))
                }
                #expect(error?.kind == .timedOut)
                #expect(error?.outcome == .notExecuted)
                try cluster.brokerUp(1)
                let isBack = try await eventually {
                    do throws(KafkaError) {
                        try await producer.send(topic: "t", key: nil, value: bytes("after"))
                        return true
                    } catch {
                        return false
                    }
                }
                #expect(isBack)
                let read = try await readAll(configuration, within: .seconds(20))
                #expect(!read.map { text($0.value) }.contains("lost"))
                #expect(Set(read.map { text($0.value) }) == ["before", "after"])
            }
        }
    }

    @Test("a message whose acknowledgement does not come has an unknown outcome: it may be written all the same")
    func frozenIsUnknown() async throws {
        try await withCluster(brokers: 1, partitions: 1) { cluster, configuration in
            try await withProducer(configuration, properties: self.impatient) { producer in
                try await producer.send(topic: "t", key: nil, value: bytes("before"))
                try cluster.freeze(for: .seconds(60))
                let error = await #expect(throws: KafkaError.self) {
                    try await producer.send(topic: "t", key: nil, value: bytes("maybe"))
                }
                #expect(error?.outcome == .unknown)
                #expect(error?.message.contains("may have been written") == true)
                try cluster.freeze(for: .zero)
                let read = try await readAll(configuration, within: .seconds(30))
                #expect(read.map { text($0.value) } == ["before", "maybe"])
            }
        }
    }

    @Test("a freeze ends by itself, and nothing is lost or doubled")
    func freezeEnds() async throws {
        try await withCluster { cluster, configuration in
            try await withProducer(configuration) { producer in
                try await producer.send(topic: "t", key: bytes("k"), value: bytes("0"))
                try cluster.freeze(for: .milliseconds(700))
                #expect(cluster.frozenFor > .zero)
                let refusal = #expect(throws: KafkaError.self) { try cluster.brokerDown(1) }
                #expect(refusal?.message.contains("frozen") == true)
                for index in 1...5 {
                    try await producer.send(topic: "t", key: bytes("k"), value: bytes("\(index)"))
                }
                #expect(cluster.frozenFor == .zero)
                let read = try await readAll(configuration, within: .seconds(20))
                #expect(read.map { text($0.value) } == ["0", "1", "2", "3", "4", "5"])
            }
        }
    }

    @Test("a member that waits to join while the brokers freeze joins again")
    func frozenWhileJoining() async throws {
        try await withCluster(partitions: 2) { cluster, configuration in
            var hasty = configuration
            hasty.properties = ["session.timeout.ms": "3000", "heartbeat.interval.ms": "500"]
            // Somebody who asks for messages all the time: a thread that has nothing to do does not freeze.
            try await withConsumer(configuration, group: "others") { other in
                #expect(try await eventually { other.isAssigned })
                try await withConsumer(hasty) { first in
                    #expect(try await eventually { first.assignment.count == 2 })
                    // A second who stayed would join again as somebody new, under an address that may be the first's name.
                    try await withConsumer(hasty) { _ in
                        // The first hears that the second waits; who waits longer than a session is forgotten.
                        #expect(try await eventually { !first.isAssigned })
                        try cluster.freeze(for: .seconds(5))
                    }
                    #expect(try await eventually { first.assignment.count == 2 })
                }
            }
        }
    }

    @Test("a broker that goes down and comes up in the middle loses nothing that was acknowledged, and doubles nothing")
    func downAndUp() async throws {
        try await withCluster { cluster, configuration in
            try await withProducer(configuration, properties: ["delivery.timeout.ms": "30000"]) { producer in
                async let results = Self.sendSlowly(producer, count: 300)
                for id in Int32(1)...3 {
                    try await Task.sleep(for: .milliseconds(100))
                    try cluster.brokerDown(id)
                    try await Task.sleep(for: .milliseconds(300))
                    try cluster.brokerUp(id)
                }
                for result in await results { _ = try result.get() }
                let read = try await readAll(configuration, within: .seconds(30))
                #expect(read.count == 300)
                #expect(Set(read.map { text($0.value) }).count == 300)
            }
        }
    }

    private static func sendSlowly(
        _ producer: KafkaProducer,
        count: Int
    ) async -> [Result<KafkaDelivery, KafkaError>] {
        await withTaskGroup(of: [Result<KafkaDelivery, KafkaError>].self) { group in
            for index in 0..<count {
                group.addTask {
                    try? await Task.sleep(for: .milliseconds(4 * index))
                    let record = KafkaRecord(topic: "t", key: bytes("\(index % 12)"), value: bytes("\(index)"))
                    return await producer.send([record])
                }
            }
            return await group.reduce(into: []) { $0 += $1 }
        }
    }

    @Test("a round trip is changed while clients are connected, and told by the cluster")
    func roundTrip() async throws {
        try await withCluster(brokers: 1) { cluster, configuration in
            try await withProducer(configuration) { producer in
                try await producer.send(topic: "t", key: nil, value: bytes("0"))
                try cluster.setRoundTrip(1, milliseconds: 300)
                let start = ContinuousClock.now
                try await producer.send(topic: "t", key: nil, value: bytes("1"))
                #expect(ContinuousClock.now - start >= .milliseconds(300))
                #expect(cluster.brokers.map(\.roundTripMilliseconds) == [300])
            }
        }
    }

    @Test("what cannot be done to a cluster is refused with the reason")
    func refusals() async throws {
        try await withCluster { cluster, _ in
            let unknown = #expect(throws: KafkaError.self) { try cluster.brokerDown(9) }
            #expect(unknown?.message == "there is no broker 9: their ids are 1 to 3")
            #expect(throws: KafkaError.self) { try cluster.setRoundTrip(1, milliseconds: -1) }
            #expect(throws: KafkaError.self) { try cluster.freeze(for: .seconds(601)) }
            cluster.close()
            let closed = #expect(throws: KafkaError.self) { try cluster.brokerUp(1) }
            #expect(closed?.kind == .closed)
        }
        #expect(throws: KafkaError.self) { try EmbeddedKafkaCluster(brokers: 0, topics: [], logger: quiet) }
    }
}
