import Foundation
import LoadEngine
import Scenario
import Statistics
import Testing

@Suite("constant-vus")
struct ConstantUsersTests {
    static func yaml(steps: String, vus: Int = 4, duration: String = "300ms", gracefulStop: String = "30s") -> String {
        """
        name: constant
        flows:
          flow:
        \(steps.split(separator: "\n").map { "    " + $0 }.joined(separator: "\n"))
        load:
          steady: { executor: constant-vus, flow: flow, vus: \(vus), duration: \(duration), gracefulStop: \(gracefulStop) }
        """
    }

    @Test(
        "users iterate until the duration is over, each over one connection",
        arguments: [1, 2],
        TransportChoice.both
    )
    func iterations(threads: Int, transport: TransportChoice) async throws {
        let server = try TestServer { _ in .json(200, "{\"v\":[{\"x\":7}]}") }
        defer { server.stop() }
        let run = try await Run(
            Self.yaml(steps: "- look: { get: /a, capture: { v: \"$.v[0].x\" } }\n- again: { get: \"/b/${v}\" }"),
            against: server.url,
            threads: threads,
            transport: transport
        )
        let iterations = try #require(run.result.metrics.count(.iterations))
        #expect(iterations > 4)
        #expect(run.result.metrics.count(.httpReqs) == iterations * 2)
        #expect(run.result.metrics.trend(.iterationDuration)?.count == iterations)
        #expect(UInt64(server.requests.count) == iterations * 2)
        #expect(Set(server.requests.map(\.connection)).count == 4)
        #expect(server.requests.filter { $0.path == "/b/7" }.count == server.requests.count / 2)
        #expect(run.result.metrics.gauge(.vus)?.maximum == 4)
        #expect(run.result.metrics.count(.dataSent) ?? 0 > 0)
    }

    @Test(
        "an interrupted iteration counts in neither iterations nor iteration_duration",
        arguments: TransportChoice.both
    )
    func interrupted(transport: TransportChoice) async throws {
        let server = try TestServer { $0.path == "/slow" ? .hang : .json(200, "{}") }
        defer { server.stop() }
        let run = try await Run(
            Self.yaml(
                steps: "- quick: { get: /quick }\n- slow: { get: /slow }",
                duration: "50ms",
                gracefulStop: "50ms"
            ),
            against: server.url,
            transport: transport
        )
        #expect(run.result.metrics.count(.iterations) == 0)
        #expect(run.result.metrics.trend(.iterationDuration)?.count == 0)
        #expect(run.result.metrics.count(.httpReqs) == 4)
        #expect(run.result.interrupted == false)
    }

    @Test(
        "stop interrupts at once and the result says so; what was under way is in the history",
        arguments: TransportChoice.both
    )
    func stop(transport: TransportChoice) async throws {
        let server = try TestServer { _ in .hang }
        defer { server.stop() }
        let steps = "- order: { post: /ticketing/order/api/orders, json: { a: 1 } }"
        let run = try await Run(Self.yaml(steps: steps, duration: "1h"), against: server.url, transport: transport) {
            engine in
            try await waitUntil("four requests are under way") { server.requests.count == 4 }
            engine.setActiveFaults(["redis \"latency\" 50ms"])
            engine.setPhase(.fault)
            engine.stop("SIGINT")
        }
        #expect(run.result.interrupted)
        #expect(run.result.stopReason == "SIGINT")
        #expect(run.history.count == 4)
        #expect(run.history.allSatisfy { $0["error"] as? String == "interrupted" })
        #expect(run.history.allSatisfy { $0["faults"] as? [String] == ["redis \"latency\" 50ms"] })
        #expect(run.result.metrics.count(.iterations) == 0)
    }

    @Test("a pause, a condition, a loop and a variable", arguments: TransportChoice.both)
    func program(transport: TransportChoice) async throws {
        let server = try TestServer { _ in .json(200, "{}") }
        defer { server.stop() }
        let steps = """
            - set: { n: "1 + 1" }
            - repeat: { times: 3, steps: [ { a: { get: "/a/${n}" } } ] }
            - if: n == 2
              then: [ { yes: { get: /yes } } ]
              else: [ { no: { get: /no } } ]
            - think: 1h
            """
        let run = try await Run(
            Self.yaml(steps: steps, vus: 1, duration: "1h"),
            against: server.url,
            transport: transport
        ) { engine in
            try await waitUntil("the user thinks") { engine.snapshot().requests == 4 }
            engine.stop("enough")
        }
        #expect(server.requests.map(\.path) == ["/a/2", "/a/2", "/a/2", "/yes"])
        #expect(run.result.metrics.count(.iterations) == 0)
    }

    @Test(
        "a stream is held open for its time, its events are counted and their ids must rise",
        arguments: [true, false],
        TransportChoice.both
    )
    func stream(rises: Bool, transport: TransportChoice) async throws {
        let server = try TestServer { _ in
            .raw(
                "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\n: hello\n\nid: 4294967296-1\ndata: a\n\n"
                    + "id: 4294967296-\(rises ? 2 : 1)\r\ndata: b\r\n\r\n"
            )
        }
        defer { server.stop() }
        let run = try await Run(
            Self.yaml(steps: "- map: { stream: /events, for: 100ms }", vus: 2, duration: "50ms"),
            against: server.url,
            transport: transport
        )
        #expect(run.result.streams.events == 4)
        #expect(run.result.metrics.rate(.checks)?.share == (rises ? 1 : 0))
        #expect(run.result.metrics.count(.iterations) == 2)
        #expect(run.result.metrics.rate(.httpReqFailed)?.share == 0)
        #expect(server.requests.allSatisfy { $0.headers["accept"] == "text/event-stream" })
    }

    @Test("phases are a tag of what begins in them", arguments: TransportChoice.both)
    func phases(transport: TransportChoice) async throws {
        let server = try TestServer { _ in .json(200, "{}") }
        defer { server.stop() }
        let run = try await Run(
            Self.yaml(steps: "- a: { get: /a }", duration: "1h"),
            against: server.url,
            transport: transport
        ) { engine in
            try await waitUntil("requests are made") { server.requests.count > 4 }
            engine.setPhase(.fault)
            let seen = server.requests.count
            try await waitUntil("requests are made in the fault") { server.requests.count > seen + 8 }
            engine.stop("enough")
        }
        #expect(run.result.metrics.count(.httpReqs, where: ["phase": "steady"]) ?? 0 > 0)
        #expect(run.result.metrics.count(.httpReqs, where: ["phase": "fault"]) ?? 0 > 0)
    }
}
