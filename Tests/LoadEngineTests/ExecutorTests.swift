import LoadEngine
import Scenario
import Statistics
import Synchronization
import Testing

@Suite("Executors against a server")
struct ExecutorTests {
    static func yaml(_ loads: String, steps: String = "- a: { get: \"/a/${random(1..1000000)}\" }") -> String {
        """
        name: executors
        flows:
          flow:
            \(steps)
        load:
        \(loads)
        """
    }

    @Test("every arrival of a schedule reaches the server, on one thread as on two", arguments: [1, 2])
    func arrivals(threads: Int) async throws {
        let server = try TestServer { _ in .json(200, "{}") }
        defer { server.stop() }
        let run = try await Run(
            Self.yaml(
                """
                  constant: { executor: constant-arrival-rate, flow: flow, rate: 300/s, duration: 1s }
                  ramp:
                    executor: ramping-arrival-rate
                    flow: flow
                    startRate: 100
                    stages: [ { duration: 1s, target: 300 } ]
                """
            ),
            against: server.url,
            threads: threads
        )
        #expect(run.result.metrics.count(.iterations, where: ["load": "constant"]) == 300)
        #expect(run.result.metrics.count(.iterations, where: ["load": "ramp"]) == 200)
        #expect(server.requests.count == 500)
        #expect(run.result.metrics.count(.droppedIterations) == 0)
    }

    @Test("arrivals that find every user busy are dropped, and that is the server's failure")
    func dropped() async throws {
        let server = try TestServer { _ in .hang }
        defer { server.stop() }
        let run = try await Run(
            Self.yaml(
                """
                  stuck:
                    executor: constant-arrival-rate
                    flow: flow
                    rate: 100/s
                    duration: 500ms
                    preAllocatedVUs: 2
                    maxVUs: 4
                    gracefulStop: 0s
                """
            ),
            against: server.url
        )
        #expect(run.result.metrics.count(.droppedIterations, where: ["reason": "maxVUs"]) == 46)
        #expect(run.result.metrics.count(.iterations) == 0)
        #expect(run.result.generator.dropped == 46)
        #expect(run.result.generator.saturated?.hasPrefix("threads") != true)
    }

    @Test("iterations are made as often as wanted, by each user and shared among all", arguments: [1, 2, 3])
    func iterations(threads: Int) async throws {
        let server = try TestServer { _ in .json(200, "{}") }
        defer { server.stop() }
        let run = try await Run(
            Self.yaml(
                """
                  each: { executor: per-vu-iterations, flow: flow, vus: 5, iterations: 7 }
                  shared: { executor: shared-iterations, flow: flow, vus: 5, iterations: 23 }
                """
            ),
            against: server.url,
            threads: threads
        )
        #expect(run.result.metrics.count(.iterations, where: ["load": "each"]) == 35)
        #expect(run.result.metrics.count(.iterations, where: ["load": "shared"]) == 23)
    }

    @Test("a load that waits for another begins when that has ended", arguments: [1, 2])
    func after(threads: Int) async throws {
        let server = try TestServer { _ in .json(200, "{}") }
        defer { server.stop() }
        let yaml = """
            name: after
            flows:
              one: [ { first: { get: /first } } ]
              two: [ { second: { get: /second } } ]
            load:
              later: { executor: per-vu-iterations, flow: two, vus: 3, iterations: 4, after: earlier }
              earlier: { executor: shared-iterations, flow: one, vus: 2, iterations: 50 }
            """
        _ = try await Run(yaml, against: server.url, threads: threads)
        let paths = server.requests.map(\.path)
        #expect(paths.count == 62)
        #expect(paths.prefix(50).allSatisfy { $0 == "/first" })
    }

    @Test("the seed decides everything random: the same requests again, on any number of threads")
    func seeded() async throws {
        let loads = """
              ramp: { executor: ramping-vus, flow: flow, startVUs: 3, stages: [ { duration: 1h, target: 3 } ] }
              arrive: { executor: poisson-arrival-rate, flow: flow, rate: 400/s, duration: 300ms }
              shared: { executor: shared-iterations, flow: flow, vus: 4, iterations: 40 }
            """
            .split(separator: "\n").dropFirst().joined(separator: "\n")
        var seen: [[String]] = []
        for threads in [1, 1, 2, 3] {
            let server = try TestServer { _ in .json(200, "{}") }
            defer { server.stop() }
            _ = try await Run(Self.yaml(loads), against: server.url, threads: threads)
            seen.append(server.requests.map(\.path).sorted())
        }
        #expect(seen[0].count > 100)
        #expect(seen.allSatisfy { $0 == seen[0] })
    }
}
