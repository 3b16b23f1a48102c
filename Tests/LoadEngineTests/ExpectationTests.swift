import Foundation
import LoadEngine
import Scenario
import Statistics
import Testing

@Suite("expectations and captures")
struct ExpectationTests {
    private static let body = "{\"status\":\"PAID\",\"total\":500,\"seats\":[{\"id\":\"R1C1\"}]}"
    private static let reply =
        "HTTP/1.1 200 OK\r\nContent-Type: application/json; charset=utf-8\r\nSet-Cookie: theme=dark\r\n"
        + "Set-Cookie: sid=\"a1b2\"; Path=/\r\nLocation: /orders/o-77\r\nContent-Length: \(body.utf8.count)\r\n\r\n\(body)"

    /// One user who does this once.
    private static func run(
        _ steps: String,
        transport: TransportChoice,
        reply: @escaping @Sendable (TestServer.Request) -> TestServer.Reply = { _ in .raw(reply) }
    ) async throws -> (run: Run, requests: [TestServer.Request]) {
        let server = try TestServer(reply)
        defer { server.stop() }
        let yaml = """
            name: once
            flows:
              flow:
            \(steps.split(separator: "\n").map { "    " + $0 }.joined(separator: "\n"))
            load: { once: { executor: per-vu-iterations, flow: flow, vus: 1, iterations: 1 } }
            """
        let run = try await Run(yaml, against: server.url, transport: transport)
        return (run, server.requests)
    }

    @Test(
        "what is expected and comes is a good check, and the request is no failure",
        arguments: [
            "status: 200", "headers: { Content-Type: application/json* }", "headers: { set-cookie: \"sid=*\" }",
            "headers: { Location: \"/*/o-*\" }", "headers: { Location: \"/orders/${'o-' + 77}\" }",
            "json: { $.status: PAID }", "json: { $.total: 500 }", "json: { $.total: \"> 499\" }",
            "json: { \"$.seats[0].id\": \"in ['R1C1', 'R1C2']\" }", "json: { $.reason: null }",
            "json: { $.status: \"!= null\" }", "json: { $.total: \"${250 * 2}\" }", "body: R1C1",
            "body: [PAID, \"${'R' + 1}\"]", "latency: 1h",
        ],
        TransportChoice.both
    )
    func met(expect: String, transport: TransportChoice) async throws {
        let (run, _) = try await Self.run("- a: { get: /a, expect: { \(expect) } }", transport: transport)
        let checks = try #require(run.result.metrics.rate(.checks))
        #expect(checks.total >= 1)
        #expect(checks.share == 1)
        #expect(run.result.metrics.rate(.httpReqFailed)?.share == 0)
        #expect(run.result.failures.isEmpty)
    }

    static let unmet: [(expect: String, reason: String, example: String)] = [
        ("status: 201", "status 200", "status 200"),
        ("headers: { Content-Type: application/json }", "header content-type", "application/json; charset=utf-8"),
        ("headers: { ETag: \"*\" }", "header etag", "there is no etag"),
        ("json: { $.status: CONFIRMED }", "json $.status", "it is \"PAID\""),
        ("json: { $.total: \"< 500\" }", "json $.total", "not $.total < 500: it is 500"),
        ("json: { \"$.seats[1].id\": \"!= null\" }", "json $.seats[1].id", "it is null"),
        ("body: REFUNDED", "body REFUNDED", "not in "), ("latency: 1us", "latency", "was expected"),
    ]

    @Test(
        "what is expected and does not come is counted with its first example",
        arguments: unmet.indices,
        TransportChoice.both
    )
    func missed(index: Int, transport: TransportChoice) async throws {
        let (expect, reason, example) = Self.unmet[index]
        let steps = "- repeat: { times: 3, steps: [ { a: { get: /a, expect: { \(expect) } } } ] }"
        let (run, _) = try await Self.run(steps, transport: transport)
        #expect(run.result.metrics.rate(.checks)?.share == 0)
        #expect(run.result.metrics.rate(.httpReqFailed)?.share == 1)
        let failure = try #require(run.result.failures.first)
        #expect(run.result.failures.count == 1)
        #expect(failure.request == "a")
        #expect(failure.reason == reason)
        #expect(failure.count == 3)
        #expect(failure.example.contains(example), "\(failure.example)")
        #expect(failure.user == "once-u0")
    }

    @Test("checks have their own tag, and what nobody expects is no check", arguments: TransportChoice.both)
    func tags(transport: TransportChoice) async throws {
        let steps = """
            - a: { get: /a, expect: { status: 200, json: { $.status: PAID, $.total: 1 } } }
            - b: { get: /b }
            """
        let (run, _) = try await Self.run(steps, transport: transport)
        let metrics = run.result.metrics
        #expect(metrics.rate(.checks, where: ["check": "status"])?.share == 1)
        #expect(metrics.rate(.checks, where: ["check": "json $.status"])?.share == 1)
        #expect(metrics.rate(.checks, where: ["check": "json $.total", "request": "a"])?.share == 0)
        #expect(metrics.rate(.checks, where: ["request": "b"]) == nil)
    }

    @Test("a request without a reply misses everything that is expected of it", arguments: TransportChoice.both)
    func noReply(transport: TransportChoice) async throws {
        let steps = "- a: { get: /a, expect: { status: 200, body: x, latency: 1h }, capture: { v: $.v } }"
        let (run, _) = try await Self.run(steps, transport: transport) { _ in .reset }
        #expect(run.result.metrics.rate(.checks)?.total == 3)
        #expect(run.result.metrics.rate(.checks)?.share == 0)
        #expect(run.result.failures.map(\.reason) == ["error reset"])
    }

    @Test(
        "a value is captured from the body, a header, a cookie, or by a pattern from either",
        arguments: TransportChoice.both
    )
    func captures(transport: TransportChoice) async throws {
        let steps = """
            - a:
                get: /a
                capture:
                  total: $.total
                  place: { header: Location }
                  session: { cookie: sid }
                  order: { regex: "/orders/o-(\\\\d+)", header: location }
                  seat: { regex: '"id":"([^"]*)"' }
                  whole: { regex: 'P[A-Z]+' }
            - b: { get: "/b/${total}/${session}/${order}/${seat}/${whole}" }
            - c: { get: "${place}" }
            """
        let (run, requests) = try await Self.run(steps, transport: transport)
        #expect(requests.map(\.path) == ["/a", "/b/500/a1b2/77/R1C1/PAID", "/orders/o-77"])
        #expect(run.result.failures.isEmpty)
        #expect(run.result.metrics.rate(.httpReqFailed)?.share == 0)
    }

    @Test("a success without what is captured has failed; a refusal need not have it", arguments: TransportChoice.both)
    func missingCaptures(transport: TransportChoice) async throws {
        let steps = """
            - a:
                get: /a
                capture: { a: $.nothing, b: { header: X-Nothing }, c: { cookie: si }, d: { regex: "no(.)thing" } }
            - b: { get: /b, expect: { status: 404 }, capture: { e: $.nothing } }
            """
        let (run, _) = try await Self.run(steps, transport: transport) {
            $0.path == "/b" ? .json(404, "{}") : .raw(Self.reply)
        }
        #expect(run.result.failures.map(\.reason).sorted() == ["capture a", "capture b", "capture c", "capture d"])
        let pattern = try #require(run.result.failures.first { $0.reason == "capture d" })
        #expect(pattern.example == "nothing there for `d`: /no(.)thing/ matches nothing in the body")
        #expect(run.result.metrics.rate(.httpReqFailed, where: ["request": "a"])?.share == 1)
        #expect(run.result.metrics.rate(.httpReqFailed, where: ["request": "b"])?.share == 0)
    }

    @Test("a poll that never comes true says what it waited for", arguments: TransportChoice.both)
    func poll(transport: TransportChoice) async throws {
        let steps = "- p: { get: /p, until: $.status == DONE, every: 10ms, within: 30ms }"
        let (run, _) = try await Self.run(steps, transport: transport)
        let failure = try #require(run.result.failures.first)
        #expect(failure.reason == "until")
        #expect(failure.example == "$.status == DONE was not true in time; the last status was 200")
        #expect(run.result.metrics.rate(.checks, where: ["check": "until"])?.share == 0)
    }

    @Test("a stream is expected to bring events, in time", arguments: TransportChoice.both)
    func streams(transport: TransportChoice) async throws {
        let late = Int(Date().timeIntervalSince1970 * 1000) - 60_000
        let text =
            "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\nid: \(late)-0\ndata: a\n\nid: \(late)-1\ndata: b\n\n"
        let steps =
            "- s: { stream: /s, for: 100ms, expect: { headers: { Content-Type: text/* }, events: 3, delivery: 1s } }"
        let (run, _) = try await Self.run(steps, transport: transport) { _ in .raw(text) }
        let metrics = run.result.metrics
        #expect(metrics.rate(.checks, where: ["check": "header content-type"])?.share == 1)
        #expect(metrics.rate(.checks, where: ["check": "order"])?.share == 1)
        #expect(metrics.rate(.checks, where: ["check": "events"])?.share == 0)
        #expect(metrics.rate(.checks, where: ["check": "delivery"])?.share == 0)
        #expect(run.result.failures.map { "\($0.reason) \($0.count)" } == ["delivery 2", "events 1"])
        #expect(run.result.failures.last?.example == "2 came, and 3 were expected")
        #expect(metrics.rate(.httpReqFailed)?.share == 0)
    }
}
