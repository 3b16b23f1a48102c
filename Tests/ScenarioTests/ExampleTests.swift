import Testing

@testable import Scenario

@Suite("The example of the language's description")
struct ExampleTests {
    let scenario: Scenario

    init() throws {
        scenario = try Scenario.read(yaml: Example.whole)
    }

    @Test("a scenario without an environment runs on the embedded suite")
    func embedded() {
        #expect(scenario.name == "seat-click-storm")
        #expect(scenario.environment == nil)
        #expect(scenario.seed == nil)
    }

    @Test("events, flows and requests are read in the order of the file")
    func order() {
        #expect(scenario.events.map(\.name) == ["finale"])
        #expect(scenario.events.first?.copies == 20)
        #expect(scenario.flows.map(\.name) == ["buy", "watch"])
        #expect(scenario.requestNames == ["hold", "order", "poll", "map"])
        #expect(scenario.flows.flatMap(\.requests).map(\.index) == [0, 1, 2, 3])
    }

    @Test("a flow becomes a program, in which stop is a jump to an end")
    func program() throws {
        let flow = try #require(scenario.flows.first)
        #expect(flow.slotNames == ["token", "order", "seat"])
        #expect(flow.program.count == 7)
        guard case .request(let hold) = flow.program[0], case .jumpUnless(_, let target) = flow.program[1],
            case .poll(let poll) = flow.program[5]
        else {
            Issue.record("\(flow.program)")
            return
        }
        #expect(hold.expect.status.contains(409))
        #expect(!hold.expect.status.contains(200))
        #expect(hold.captures == [Capture(name: "token", slot: 0, source: .json(JSONPath([.key("holdToken")])))])
        #expect(target == 3)
        #expect(flow.program[2] == .end)
        #expect(flow.program[3] == .think(.uniform(.milliseconds(50), .seconds(2))))
        #expect(poll.every == .milliseconds(200))
        #expect(poll.within == .seconds(20))
        #expect(flow.program[6] == .end)
    }

    @Test("a body is rendered with the user's seat and the wave's event")
    func body() throws {
        let hold = try #require(scenario.flows.first?.requests.first)
        var user = TestUser(slots: [.none, .none, .text("B-2")], wave: 2)
        #expect(hold.method == .post)
        #expect(hold.url.literal == "/ticketing/reservation/api/reservations")
        #expect(
            hold.body?.template.text(&user) == #"{"eventId":"event-2","seatId":"B-2","holdSeconds":30}"#
        )
    }

    @Test("a storm and a constant number of users are read; one without a duration runs as long as the storm")
    func load() {
        #expect(
            scenario.load.map(\.executor) == [
                .storm(StormExecutor(users: 1000, waves: 20, every: .seconds(3), gracefulStop: .seconds(30))),
                .constantVUs(ConstantVUsExecutor(vus: 100, duration: .seconds(60), gracefulStop: .seconds(30))),
            ]
        )
        #expect(scenario.load.map(\.flow) == [0, 1])
        #expect(scenario.load.first?.set.map(\.slot) == [2])
        #expect(scenario.longestDuration == .seconds(90))
    }

    @Test("a stream is a GET that is held open")
    func stream() throws {
        guard case .stream(let stream) = scenario.flows[1].program[0] else {
            Issue.record("\(scenario.flows[1].program)")
            return
        }
        var user = TestUser()
        #expect(stream.duration == .seconds(60))
        #expect(stream.request.method == .get)
        #expect(stream.request.url.text(&user) == "/ticketing/catalog/api/events/event-0/seats/stream")
    }

    @Test("processes are killed, frozen and restarted, brokers are down and slow")
    func processFaults() throws {
        let faults = """
            faults:
              - { at: 1s, for: 2s, kill: mysql }
              - { at: 2s, for: 2s, freeze: order-2 }
              - { at: 3s, restart: nginx }
              - { at: 4s, for: 1s, kafka: down }
              - { at: 6s, for: 1s, kafka: { down: [1, 3] } }
              - { at: 8s, for: 1s, kafka: { slow: 200ms, brokers: 2 } }
            """
        let scenario = try Scenario.read(yaml: Example.adding(faults))
        #expect(
            scenario.faults.map(\.kind) == [
                .process(ProcessFaultSpec(action: .kill, process: "mysql")),
                .process(ProcessFaultSpec(action: .freeze, process: "order-2")),
                .process(ProcessFaultSpec(action: .restart, process: "nginx")),
                .broker(BrokerFaultSpec(change: .down, brokers: [])),
                .broker(BrokerFaultSpec(change: .down, brokers: [1, 3])),
                .broker(BrokerFaultSpec(change: .slow(.milliseconds(200)), brokers: [2])),
            ]
        )
        #expect(scenario.faults.map(\.lasting) == [2, 2, 0, 1, 1, 1].map { .seconds($0) })
    }

    @Test("faults have a start, a length and what they do")
    func faults() {
        #expect(scenario.faults.map(\.at) == [.seconds(10), .seconds(30)])
        #expect(scenario.faults.map(\.lasting) == [.seconds(15), .seconds(10)])
        #expect(
            scenario.faults.map(\.kind) == [
                .payment(
                    PaymentFaultSpec(
                        delay: .lognormal(mean: .milliseconds(800), deviation: .milliseconds(400)),
                        fail: 0.2
                    )
                ),
                .link(
                    LinkFaultSpec(
                        target: .redis,
                        effect: .toxic(.latency(.milliseconds(50), jitter: .milliseconds(20)))
                    )
                ),
            ]
        )
    }

    @Test("thresholds have seconds and shares for units, and their text for a name")
    func slo() {
        #expect(scenario.slo.map(\.limit) == [0, 0.3, 0.005, 0.05])
        #expect(scenario.slo.map(\.aggregate) == [.value, .percentile(95), .rate, .rate])
        #expect(scenario.slo[1].tags == ["request": "hold"])
        #expect(scenario.slo[1].source == "http_req_response_time{request:hold}: p(95) < 300ms")
        #expect(scenario.slo[3].over == .seconds(10))
        #expect(!scenario.slo[3].abort)
    }

    @Test("latency thresholds can be left away, and only these")
    func withoutLatency() {
        #expect(
            scenario.withoutLatencyThresholds().slo.map(\.source) == [
                "oversell == 0", "http_req_failed: rate < 0.5%", "http_req_failed: rate < 5%",
            ]
        )
    }
}
