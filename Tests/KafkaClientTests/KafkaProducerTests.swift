import KafkaClient
import Testing

@Suite("Kafka producer", .timeLimit(.minutes(2)))
struct KafkaProducerTests {
    @Test("a message is read with the key, value, headers and time it was sent with")
    func roundTrip() async throws {
        try await withCluster { _, configuration in
            try await withProducer(configuration) { producer in
                let headers = [
                    KafkaHeader("traceparent", "00-a-b-01"), KafkaHeader("twice", "1"), KafkaHeader("twice", "2"),
                    KafkaHeader("empty", [UInt8]()), KafkaHeader("binary", [0, 255, 0]),
                ]
                let delivery = try await producer.send(topic: "t", key: bytes("k"), value: bytes("v"), headers: headers)
                let messages = try await readAll(configuration, within: .seconds(20))
                let message = try #require(messages.first)
                #expect(messages.count == 1)
                #expect(message.topic == "t")
                #expect(message.key == bytes("k"))
                #expect(message.value == bytes("v"))
                #expect(message.headers == headers)
                #expect(message.header("twice") == "1")
                #expect(message.partition == delivery.partition)
                #expect(message.offset == delivery.offset)
                #expect(message.timestamp > 1_700_000_000_000)
            }
        }
    }

    @Test("a message may have no key, and an empty value")
    func absentAndEmpty() async throws {
        try await withCluster { _, configuration in
            try await withProducer(configuration) { producer in
                try await producer.send(topic: "t", key: nil, value: [])
                let messages = try await readAll(configuration, within: .seconds(20))
                #expect(messages.map(\.key) == [nil])
                #expect(messages.map(\.value) == [[]])
            }
        }
    }

    @Test("records sent together keep their order within a key, and each has its own result")
    func batch() async throws {
        try await withCluster { _, configuration in
            try await withProducer(configuration) { producer in
                let records = (0..<500).map {
                    KafkaRecord(topic: "t", key: bytes("key-\($0 % 7)"), value: bytes("\($0)"))
                }
                let results = await producer.send(records)
                let deliveries = try results.map { try $0.get() }
                #expect(deliveries.count == 500)
                let messages = try await readAll(configuration, within: .seconds(20))
                let places = Dictionary(uniqueKeysWithValues: messages.map { (text($0.value), $0) })
                for (index, delivery) in deliveries.enumerated() {
                    let message = try #require(places["\(index)"])
                    #expect(message.partition == delivery.partition)
                    #expect(message.offset == delivery.offset)
                }
                for key in 0..<7 {
                    let numbers = messages.filter { $0.key == bytes("key-\(key)") }.compactMap { Int(text($0.value)) }
                    #expect(numbers == numbers.sorted())
                }
            }
        }
    }

    @Test("a message that the client will never take is refused, and says so")
    func tooLarge() async throws {
        try await withCluster { _, configuration in
            try await withProducer(configuration) { producer in
                let error = await #expect(throws: KafkaError.self) {
                    try await producer.send(topic: "t", key: nil, value: Array(repeating: 0, count: 2_000_000))
                }
                #expect(error?.outcome == .refused)
                #expect(error?.message.contains("sending to t failed") == true)
            }
        }
    }

    @Test("more than the queue holds is refused as overload, certainly not written, and the rest is delivered")
    func overload() async throws {
        try await withCluster { _, configuration in
            try await withProducer(configuration, properties: ["queue.buffering.max.messages": "10"]) { producer in
                let results = await producer.send(
                    (0..<100).map { KafkaRecord(topic: "t", key: nil, value: bytes("\($0)")) }
                )
                let errors = results.compactMap { result in
                    if case .failure(let error) = result { error } else { nil }
                }
                #expect(!errors.isEmpty)
                #expect(errors.allSatisfy { $0.kind == .overloaded && $0.outcome == .notExecuted })
                let read = try await readAll(configuration, within: .seconds(20))
                #expect(read.count == 100 - errors.count)
            }
        }
    }

    @Test("closing delivers what was sent, and then refuses")
    func closing() async throws {
        try await withCluster { _, configuration in
            // Nothing leaves within the first second, so that closing finds it all waiting.
            var patient = configuration
            patient.properties["linger.ms"] = "1000"
            let producer = try KafkaProducer(patient, logger: quiet)
            async let results = producer.send(
                (0..<200).map { KafkaRecord(topic: "t", key: nil, value: bytes("\($0)")) }
            )
            try await Task.sleep(for: .milliseconds(300))
            await producer.close()
            let delivered = await results.count { if case .success = $0 { true } else { false } }
            #expect(delivered == 200)
            let error = await #expect(throws: KafkaError.self) {
                try await producer.send(topic: "t", key: nil, value: bytes("late"))
            }
            #expect(error?.kind == .closed)
            #expect(error?.outcome == .notExecuted)
            await producer.close()
        }
    }

    @Test("a property that librdkafka refuses is named")
    func configuration() {
        let error = #expect(throws: KafkaError.self) {
            try KafkaProducer(
                KafkaConfiguration(bootstrapServers: "127.0.0.1:1", clientID: "x", properties: ["no.such": "thing"]),
                logger: quiet
            )
        }
        #expect(error?.kind == .configuration)
        #expect(error?.message.contains("no.such=thing") == true)
    }
}
