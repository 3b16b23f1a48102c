import KafkaClient
import Synchronization
import Testing

@Suite("Kafka consumer", .timeLimit(.minutes(2)))
struct KafkaConsumerTests {
    private func fill(_ configuration: KafkaConfiguration, _ range: Range<Int>) async throws {
        try await withProducer(configuration) { producer in
            let results = await producer.send(
                range.map { KafkaRecord(topic: "t", key: bytes("k\($0)"), value: bytes("\($0)")) }
            )
            for result in results { _ = try result.get() }
        }
    }

    @Test("a group begins at the beginning, and is given every message once, in order within a partition")
    func everything() async throws {
        try await withCluster { _, configuration in
            try await self.fill(configuration, 0..<1000)
            try await withConsumer(configuration) { consumer in
                var messages: [KafkaMessage] = []
                while messages.count < 1000 { messages.append(try await nextMessage(consumer)) }
                #expect(consumer.isAssigned)
                #expect(consumer.assignment.count == 4)
                let values = Set(messages.map { text($0.value) })
                #expect(values.count == 1000)
                for partition in Int32(0)..<4 {
                    let offsets = messages.filter { $0.partition == partition }.map(\.offset)
                    #expect(offsets == Array(0..<Int64(offsets.count)))
                }
            }
        }
    }

    @Test("a group goes on after what it committed, and reads again what it did not")
    func resume() async throws {
        try await withCluster(partitions: 1) { _, configuration in
            try await self.fill(configuration, 0..<10)
            try await withConsumer(configuration) { consumer in
                for expected in 0..<6 {
                    let message = try await nextMessage(consumer)
                    #expect(text(message.value) == "\(expected)")
                    if expected < 4 { try await consumer.commit(message) }
                }
            }
            func committed(by group: String) async throws -> [KafkaPartition: Int64] {
                try await KafkaReader.committed(by: group, configuration, topics: ["t"], deadline: .seconds(10))
            }
            #expect(try await committed(by: "g") == [KafkaPartition(topic: "t", partition: 0): 4])
            #expect(try await committed(by: "another") == [:])
            try await withConsumer(configuration) { consumer in
                for expected in 4..<10 {
                    let message = try await nextMessage(consumer)
                    #expect(text(message.value) == "\(expected)")
                    try await consumer.commit(message)
                }
            }
            try await withConsumer(configuration, group: "another") { consumer in
                let message = try await nextMessage(consumer)
                #expect(text(message.value) == "0")
            }
        }
    }

    @Test("the lag is what is not committed, whether it was fetched or not, and ends with the share")
    func lag() async throws {
        try await withCluster(partitions: 1) { _, configuration in
            try await withConsumer(configuration) { consumer in
                let isAssigned = try await eventually { consumer.isAssigned }
                #expect(isAssigned)
                try await self.fill(configuration, 0..<10)
                for _ in 0..<4 { try await consumer.commit(try await nextMessage(consumer)) }
                _ = try await nextMessage(consumer)
                let isMeasured = try await eventually { Array(consumer.lag.values) == [6] }
                #expect(isMeasured, "\(consumer.lag)")
                try await self.fill(configuration, 10..<300)
                let isGrown = try await eventually { (consumer.lag.values.first ?? 0) > 6 }
                #expect(isGrown)
            }
            // The next member begins where the group left off.
            try await withConsumer(configuration) { consumer in
                for _ in 4..<300 { try await consumer.commit(try await nextMessage(consumer)) }
                let isZero = try await eventually { Array(consumer.lag.values) == [0] }
                #expect(isZero, "\(consumer.lag)")
                await consumer.close()
            }
        }
    }

    @Test("two members share the partitions; each message goes to one of them, and to the other after it leaves")
    func sharing() async throws {
        try await withCluster { _, configuration in
            let seen = Mutex<[String: Int]>([:])
            let handle: @Sendable (KafkaConsumer) async throws -> Void = { consumer in
                while let message = try await consumer.next() {
                    seen.withLock { $0[text(message.value), default: 0] += 1 }
                    try await consumer.commit(message)
                }
            }
            let first = try KafkaConsumer(configuration, groupID: "g", topics: ["t"], logger: quiet)
            let second = try KafkaConsumer(configuration, groupID: "g", topics: ["t"], logger: quiet)
            let shared = try await eventually {
                first.assignment.count == 2 && second.assignment.count == 2
            }
            #expect(shared)
            #expect(Set(first.assignment).isDisjoint(with: second.assignment))
            let readers = [first, second].map { consumer in Task { try await handle(consumer) } }
            try await self.fill(configuration, 0..<200)
            let isAllSeen = try await eventually { seen.withLock { $0.count } == 200 }
            #expect(isAllSeen)
            await second.close()
            let isAlone = try await eventually { first.assignment.count == 4 }
            #expect(isAlone)
            try await self.fill(configuration, 200..<300)
            let isRestSeen = try await eventually { seen.withLock { $0.count } == 300 }
            #expect(isRestSeen)
            await first.close()
            for reader in readers { _ = await reader.result }
            let doubled = seen.withLock { $0.filter { $0.value > 1 } }
            #expect(doubled == [:])
        }
    }

    @Test("a consumer outlives its broker's absence")
    func outage() async throws {
        try await withCluster(brokers: 1) { cluster, configuration in
            try await self.fill(configuration, 0..<5)
            try await withConsumer(configuration) { consumer in
                for _ in 0..<5 { try await consumer.commit(try await nextMessage(consumer)) }
                try cluster.brokerDown(1)
                try await Task.sleep(for: .milliseconds(500))
                try cluster.brokerUp(1)
                try await self.fill(configuration, 5..<10)
                var seen: Set<String> = []
                while seen.count < 5 { seen.insert(text(try await nextMessage(consumer).value)) }
                #expect(seen == ["5", "6", "7", "8", "9"])
            }
        }
    }

    @Test("more waits than the inbox holds without being lost")
    func backPressure() async throws {
        try await withCluster(partitions: 1) { _, configuration in
            try await self.fill(configuration, 0..<2000)
            try await withConsumer(configuration) { consumer in
                _ = try await nextMessage(consumer)
                // The reader is slow: the inbox fills, and the polling thread waits for room.
                try await Task.sleep(for: .milliseconds(500))
                for expected in 1..<2000 {
                    let message = try await nextMessage(consumer)
                    #expect(text(message.value) == "\(expected)")
                }
            }
        }
    }

    @Test("a cancelled wait throws, and takes no message with it")
    func cancellation() async throws {
        try await withCluster(partitions: 1) { _, configuration in
            try await withConsumer(configuration) { consumer in
                let waiting = Task { try await consumer.next() }
                waiting.cancel()
                await #expect(throws: CancellationError.self) { try await waiting.value }
                try await self.fill(configuration, 0..<1)
                let message = try await nextMessage(consumer)
                #expect(text(message.value) == "0")
            }
        }
    }

    @Test("closing ends waiting calls with nil, and refuses commits")
    func closing() async throws {
        try await withCluster(partitions: 1) { _, configuration in
            try await self.fill(configuration, 0..<1)
            let consumer = try KafkaConsumer(configuration, groupID: "g", topics: ["t"], logger: quiet)
            let message = try await nextMessage(consumer)
            let waiting = Task { try await consumer.next() }
            await consumer.close()
            let ended = try await waiting.value
            #expect(ended == nil)
            let later = try await consumer.next()
            #expect(later == nil)
            let error = await #expect(throws: KafkaError.self) { try await consumer.commit(message) }
            #expect(error?.kind == .closed)
        }
    }
}
