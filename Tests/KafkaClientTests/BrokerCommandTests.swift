import Foundation
import KafkaClient
import Testing

@Suite("ticketing broker", .timeLimit(.minutes(2)))
struct BrokerCommandTests {
    private func configuration(_ broker: BrokerProcess) -> KafkaConfiguration {
        KafkaConfiguration(bootstrapServers: broker.bootstrapServers, clientID: "test")
    }

    @Test(
        "it says where it is on two lines and in the port file, serves other processes, and exits 0",
        arguments: [
            SIGTERM, SIGINT,
        ]
    )
    func serves(signal: Int32) async throws {
        let broker = try BrokerProcess()
        #expect(broker.lines[0].hasPrefix("bootstrap.servers=127.0.0.1:"))
        #expect(broker.lines[1].hasPrefix("control=http://127.0.0.1:"))
        #expect(
            try broker.places() == .init(bootstrapServers: broker.bootstrapServers, control: broker.control)
        )
        let configuration = self.configuration(broker)
        try await withProducer(configuration) { producer in
            try await producer.send(topic: "order.events", key: bytes("o"), value: bytes("v"))
        }
        let read = try await readAll(
            configuration,
            topics: ["order.events", "reservation.events"],
            within: .seconds(20)
        )
        #expect(read.map { text($0.value) } == ["v"])
        #expect(try await broker.end(signal) == 0)
    }

    @Test("brokers go down and come up by the control port, and clients feel it")
    func downAndUp() async throws {
        let broker = try BrokerProcess(["--brokers", "1"])
        let properties = ["delivery.timeout.ms": "1500", "request.timeout.ms": "1000"]
        try await withProducer(self.configuration(broker), properties: properties) { producer in
            try await producer.send(topic: "order.events", key: nil, value: bytes("0"))
            #expect(try await broker.command("POST", "/brokers/1/down").brokers.map(\.up) == [false])
            let error = await #expect(throws: KafkaError.self) {
                try await producer.send(topic: "order.events", key: nil, value: bytes("1"))
            }
            #expect(error?.outcome == .notExecuted)
            #expect(try await broker.command("POST", "/brokers/1/up").brokers.map(\.up) == [true])
            let isBack = try await eventually {
                (try? await producer.send(topic: "order.events", key: nil, value: bytes("2"))) != nil
            }
            #expect(isBack)
        }
        #expect(try await broker.end(SIGTERM) == 0)
    }

    @Test("down and slow with a time are leases: they end by themselves, and coming up early ends them")
    func leases() async throws {
        let broker = try BrokerProcess(["--brokers", "2"])
        #expect(try await broker.command("POST", "/brokers/1/down?seconds=0.3").brokers.map(\.up) == [false, true])
        _ = try await broker.command("PUT", "/brokers/2/rtt?ms=500&seconds=0.3")
        let isOver = try await eventually {
            try await broker.command("GET", "/brokers").brokers.allSatisfy { $0.up && $0.roundTripMilliseconds == 0 }
        }
        #expect(isOver)
        _ = try await broker.command("POST", "/brokers/1/down?seconds=0.2")
        _ = try await broker.command("POST", "/brokers/1/up")
        _ = try await broker.command("POST", "/brokers/1/down")
        // Longer than the lease that coming up has ended.
        try await Task.sleep(for: .milliseconds(400))
        #expect(try await broker.command("GET", "/brokers").brokers.map(\.up) == [false, true])
        let (status, body) = try await broker.ask("POST", "/brokers/1/down?seconds=x")
        #expect(status == 422)
        #expect(try JSONDecoder().decode(BrokerProcess.Failure.self, from: body).message.contains("seconds"))
        #expect(try await broker.end(SIGTERM) == 0)
    }

    @Test("a freeze is a lease: it holds clients up, and ends by itself")
    func freeze() async throws {
        let broker = try BrokerProcess()
        try await withProducer(self.configuration(broker)) { producer in
            try await producer.send(topic: "order.events", key: nil, value: bytes("0"))
            #expect(try await broker.command("POST", "/freeze?seconds=1.5").frozenSeconds > 0)
            let (status, body) = try await broker.ask("POST", "/brokers/1/down")
            #expect(status == 503)
            #expect(try JSONDecoder().decode(BrokerProcess.Failure.self, from: body).message.contains("frozen"))
            try await producer.send(topic: "order.events", key: nil, value: bytes("1"))
            #expect(try await broker.command("GET", "/brokers").frozenSeconds == 0)
        }
        #expect(try await broker.end(SIGTERM) == 0)
    }

    @Test("a frozen broker still ends when it is told to")
    func frozenEnd() async throws {
        let broker = try BrokerProcess()
        _ = try await broker.command("POST", "/freeze?seconds=600")
        #expect(try await broker.end(SIGTERM) == 0)
    }

    @Test("round trips are set one broker at a time")
    func roundTrip() async throws {
        let broker = try BrokerProcess()
        let state = try await broker.command("PUT", "/brokers/2/rtt?ms=40")
        #expect(state.brokers.map(\.roundTripMilliseconds) == [0, 40, 0])
        #expect(state.brokers.map(\.id) == [1, 2, 3])
        #expect(try await broker.end(SIGTERM) == 0)
    }

    @Test("what is wrong is answered with the contract's error body")
    func errors() async throws {
        let broker = try BrokerProcess()
        let cases = [
            ("POST", "/brokers/9/down", 404, "NOT_FOUND", "there is no broker 9"),
            ("POST", "/brokers/x/up", 422, "VALIDATION_FAILED", "id is a number"),
            ("PUT", "/brokers/1/rtt", 422, "VALIDATION_FAILED", "ms is missing"),
            ("PUT", "/brokers/1/rtt?ms=-5", 422, "VALIDATION_FAILED", "0 to 60000"),
            ("POST", "/freeze?seconds=nan", 422, "VALIDATION_FAILED", "0.0 to 600.0"),
            ("POST", "/freeze?seconds=601", 422, "VALIDATION_FAILED", "601"),
            ("GET", "/nothing", 404, "NOT_FOUND", "GET /nothing"),
        ]
        for (method, path, status, code, part) in cases {
            let answer = try await broker.ask(method, path)
            let failure = try JSONDecoder().decode(BrokerProcess.Failure.self, from: answer.body)
            #expect(answer.status == status)
            #expect(failure.code == code)
            #expect(failure.message.contains(part), "\(failure.message)")
            #expect(failure.traceId.utf8.count == 32)
        }
        #expect(try await broker.end(SIGTERM) == 0)
    }
}
