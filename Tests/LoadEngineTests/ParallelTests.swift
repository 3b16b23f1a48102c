import Foundation
import LoadEngine
import Scenario
import Statistics
import Synchronization
import Testing

@Suite("parallel, retry, rendezvous")
struct ParallelTests {
    private static let once = "executor: per-vu-iterations, vus: 1, iterations: 1"

    @Test(
        "parallel requests are under way at once, and all are in the history when cut off",
        arguments: TransportChoice.both
    )
    func atOnce(transport: TransportChoice) async throws {
        let server = try TestServer { $0.path == "/page" ? .json(200, "{}") : .hang }
        defer { server.stop() }
        let paths = ["reservation/api/a", "reservation/api/b", "order/api/c"].map { "/ticketing/\($0)" }
        let requests = zip(["a", "b", "c"], paths).map { "{ \($0): { get: \($1) } }" }.joined(separator: ", ")
        let run = try await Run(
            TagTests.yaml("- page: { get: /page }\n- parallel: [ \(requests) ]", load: Self.once),
            against: server.url,
            transport: transport
        ) { engine in
            try await waitUntil("three requests are under way") { server.requests.count == 4 }
            engine.stop("enough")
        }
        #expect(Set(server.requests.dropFirst().map(\.connection)).count == 3)
        #expect(Set(run.history.compactMap { $0["request"] as? String }) == ["a", "b", "c"])
        #expect(run.history.allSatisfy { $0["error"] as? String == "interrupted" })
        #expect(run.result.metrics.count(.iterations) == 0)
        #expect(run.result.metrics.count(.httpReqs) == 1)
    }

    @Test(
        "captures of each are there when all have ended, and the connections are used again",
        arguments: TransportChoice.both
    )
    func captures(transport: TransportChoice) async throws {
        let server = try TestServer { request in .json(200, "{\"v\":\"\(request.path.dropFirst())\"}") }
        defer { server.stop() }
        let steps = """
            - set: { x: "'old'" }
            - parallel:
                limit: 3
                requests:
                  - a: { get: /a, capture: { x: $.v } }
                  - b: { get: "/b${x}", capture: { y: $.v } }
                  - c: { get: /c }
                  - d: { get: "/d${x}", capture: { z: $.v } }
            - end: { get: "/${x}/${y}/${z}/${status}/${$.v}" }
            """
        let run = try await Run(
            TagTests.yaml(steps, load: "executor: per-vu-iterations, vus: 1, iterations: 3"),
            against: server.url,
            transport: transport
        )
        let paths = server.requests.map(\.path)
        #expect(paths.filter { $0 == "/a/bold/dold/200/" }.count == 3, "\(paths)")
        #expect(Set(server.requests.map(\.connection)).count == 3)
        #expect(run.result.metrics.count(.httpReqs) == 15)
        #expect(run.result.metrics.count(.iterations) == 3)
        #expect(run.result.metrics.gauge(.vusMax)?.maximum == 1)
    }

    @Test("with a limit of one they go in order over the user's own connection", arguments: TransportChoice.both)
    func limit(transport: TransportChoice) async throws {
        let server = try TestServer { _ in .json(200, "{}") }
        defer { server.stop() }
        let list = ["a", "b", "c", "d"].map { "{ \($0): { get: /\($0) } }" }.joined(separator: ", ")
        _ = try await Run(
            TagTests.yaml("- page: { get: /page }\n- parallel: { limit: 1, requests: [ \(list) ] }", load: Self.once),
            against: server.url,
            transport: transport
        )
        #expect(server.requests.map(\.path) == ["/page", "/a", "/b", "/c", "/d"])
        #expect(Set(server.requests.map(\.connection)).count == 1)
    }

    @Test("each has errors of its own, and status is that of the first that failed", arguments: TransportChoice.both)
    func errors(transport: TransportChoice) async throws {
        let server = try TestServer { request in
            switch request.path {
            case "/bad": .json(404, "{}")
            case "/late": .hang
            case "/worse": .json(500, "{}")
            default: .json(200, "{}")
            }
        }
        defer { server.stop() }
        let steps = """
            - parallel:
                - good: { get: /good }
                - bad: { get: /bad }
                - late: { get: /late, timeout: 50ms }
                - worse: { get: /worse }
            - end: { get: "/${status}" }
            """
        let run = try await Run(TagTests.yaml(steps, load: Self.once), against: server.url, transport: transport)
        let metrics = run.result.metrics
        #expect(server.requests.last?.path == "/404")
        #expect(metrics.count(.httpReqs, where: ["request": "late", "error": "timeout"]) == 1)
        #expect(metrics.rate(.httpReqFailed)?.yes == 3)
        #expect(metrics.count(.httpReqs) == 5)
    }

    @Test("a storm whose flow begins with parallel requests is released and counted", arguments: TransportChoice.both)
    func storm(transport: TransportChoice) async throws {
        let server = try TestServer { _ in .json(200, "{}") }
        defer { server.stop() }
        let run = try await Run(
            TagTests.yaml(
                "- parallel: [ { a: { get: /a } }, { b: { get: /b } } ]",
                load: "executor: storm, users: 5, waves: 2, every: 300ms"
            ),
            against: server.url,
            threads: 2,
            transport: transport
        )
        #expect(run.result.waves.allSatisfy { $0.completedAll })
        #expect(run.result.metrics.count(.httpReqs) == 20)
        #expect(run.result.metrics.count(.iterations) == 10)
    }

    // MARK: retry

    @Test("retry sends the same bytes again until it is answered as hoped", arguments: TransportChoice.both)
    func retry(transport: TransportChoice) async throws {
        let count = Mutex(0)
        let server = try TestServer { request in
            guard request.method == "POST" else { return .json(200, "{}") }
            switch count.withLock({
                $0 += 1; return $0
            }) {
            case 1: return .json(503, "{}")
            case 2: return .hang
            case 3: return .close
            default: return .json(201, "{\"id\":\"o1\"}")
            }
        }
        defer { server.stop() }
        let steps = """
            - order:
                post: /ticketing/order/api/orders
                headers: { Idempotency-Key: "${uuid}" }
                json: { seat: "${random(1..1000000)}" }
                timeout: 100ms
                retry: { times: 5, backoff: 1ms, factor: 2 }
                capture: { id: $.id }
            - end: { get: "/${id}/${status}" }
            """
        let run = try await Run(TagTests.yaml(steps, load: Self.once), against: server.url, transport: transport)
        let orders = server.requests.filter { $0.method == "POST" }
        #expect(orders.count == 4)
        #expect(Set(orders.map(\.body)).count == 1)
        #expect(Set(orders.compactMap { $0.headers["idempotency-key"] }).count == 1)
        #expect(server.requests.last?.path == "/o1/201")
        #expect(run.history.count == 4)
        #expect(Set(run.history.compactMap { $0["key"] as? String }).count == 1)
        #expect(run.result.metrics.count(.httpReqs, where: ["request": "order"]) == 4)
    }

    @Test("retry ends after so many times, leaves other outcomes alone, and begins anew with the next request")
    func retryEnds() async throws {
        let server = try TestServer { .json($0.path == "/a" ? 503 : 404, "{}") }
        defer { server.stop() }
        let steps = """
            - a: { get: /a, retry: { times: 2, on: 5xx } }
            - parallel: [ { b: { get: /b, retry: { times: 2, on: [error, 404] } } }, { c: { get: /c, retry: { times: 2 } } } ]
            """
        _ = try await Run(
            TagTests.yaml(steps, load: "executor: per-vu-iterations, vus: 1, iterations: 2"),
            against: server.url
        )
        let counts = Dictionary(grouping: server.requests, by: \.path).mapValues(\.count)
        #expect(counts == ["/a": 6, "/b": 6, "/c": 2])
    }

    // MARK: rendezvous

    @Test("users wait for each other, on whichever thread they are", arguments: [1, 2])
    func rendezvous(threads: Int) async throws {
        let server = try TestServer { _ in .json(200, "{}") }
        defer { server.stop() }
        let steps = """
            - think: 0s..50ms
            - before: { get: "/before/${iteration}" }
            - rendezvous: { name: doors, users: 6, within: 20s }
            - after: { get: "/after/${iteration}" }
            """
        let run = try await Run(
            TagTests.yaml(steps, load: "executor: per-vu-iterations, vus: 6, iterations: 3"),
            against: server.url,
            threads: threads
        )
        let paths = server.requests.map(\.path)
        #expect(paths.count == 36)
        for iteration in 0..<3 {
            let last = try #require(paths.lastIndex(of: "/before/\(iteration)"))
            let first = try #require(paths.firstIndex(of: "/after/\(iteration)"))
            #expect(last < first)
        }
        #expect(run.result.metrics.rate(.checks, where: ["rendezvous": "doors", "team": "web"])?.yes == 18)
    }

    @Test("those who wait in vain go on when the time is over, and their checks have failed", arguments: [1, 2])
    func timeout(threads: Int) async throws {
        let server = try TestServer { _ in .json(200, "{}") }
        defer { server.stop() }
        let steps = "- rendezvous: { name: doors, users: 3, within: 100ms }\n- after: { get: /after }"
        let run = try await Run(
            TagTests.yaml(steps, load: "executor: per-vu-iterations, vus: 5, iterations: 1"),
            against: server.url,
            threads: threads
        )
        let checks = try #require(run.result.metrics.rate(.checks, where: ["rendezvous": "doors"]))
        #expect(checks.yes == 3)
        #expect(checks.share == 0.6)
        #expect(server.requests.count == 5)
    }

    @Test("a user who is cut off while he waits has left: the others need one more")
    func left() async throws {
        let server = try TestServer { _ in .json(200, "{}") }
        defer { server.stop() }
        let yaml =
            TagTests.yaml(
                "- rendezvous: { name: doors, users: 2, within: 300ms }",
                load: "executor: constant-vus, vus: 1, duration: 50ms, gracefulStop: 50ms"
            ) + "\n  late: { flow: flow, executor: per-vu-iterations, vus: 1, startTime: 500ms }"
        let run = try await Run(yaml, against: server.url)
        #expect(run.result.metrics.rate(.checks, where: ["rendezvous": "doors"])?.share == 0)
        #expect(run.result.metrics.count(.iterations) == 1)
    }
}
