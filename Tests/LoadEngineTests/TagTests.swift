import LoadEngine
import Scenario
import Statistics
import Testing

@Suite("tags and groups")
struct TagTests {
    static func yaml(_ steps: String, load: String = "executor: per-vu-iterations, vus: 2, iterations: 2") -> String {
        """
        name: steps
        tags: { run: nightly, tier: none }
        flows:
          flow:
        \(steps.split(separator: "\n").map { "    " + $0 }.joined(separator: "\n"))
        load:
          fans: { flow: flow, \(load), tags: { team: web, tier: silver } }
        """
    }

    @Test("own tags are on every sample, and the nearest one counts", arguments: TransportChoice.both)
    func own(transport: TransportChoice) async throws {
        let server = try TestServer { _ in .json(200, "{}") }
        defer { server.stop() }
        let steps = "- a: { get: /a, tags: { tier: gold, who: \"u${user}\" } }\n- b: { get: /b }"
        let metrics = try await Run(Self.yaml(steps), against: server.url, transport: transport).result.metrics
        #expect(metrics.count(.httpReqs, where: ["run": "nightly", "team": "web"]) == 8)
        #expect(metrics.count(.httpReqs, where: ["tier": "gold", "request": "a"]) == 4)
        #expect(metrics.count(.httpReqs, where: ["tier": "silver", "request": "b"]) == 4)
        #expect(metrics.counts(.httpReqs, by: "who") == ["u0": 2, "u1": 2])
        #expect(metrics.trend(.httpReqResponseTime, where: ["who": "u1"])?.count == 2)
        #expect(metrics.count(.iterations, where: ["run": "nightly", "tier": "silver"]) == 4)
        #expect(metrics.gauge(.vusMax, where: ["run": "nightly"]) != nil)
    }

    @Test("a tag with too many different values ends in (other), which is counted", arguments: [1, 2])
    func limit(threads: Int) async throws {
        let server = try TestServer { _ in .json(200, "{}") }
        defer { server.stop() }
        let run = try await Run(
            Self.yaml(
                "- a: { get: /a, tags: { who: \"${user}-${iteration}\" } }",
                load: "executor: per-vu-iterations, vus: 10, iterations: 15"
            ),
            against: server.url,
            threads: threads
        )
        let byValue = run.result.metrics.counts(.httpReqs, by: "who")
        #expect(byValue.count == 101)
        #expect(byValue["(other)"] == 50)
        #expect(run.result.generator.tagValuesLost == 50)
        #expect(run.result.metrics.count(.httpReqs) == 150)
    }

    @Test("groups are a tag of what is in them, and their durations are measured, also when a stop ends them")
    func groups() async throws {
        let server = try TestServer { _ in .json(200, "{}") }
        defer { server.stop() }
        let steps = """
            - group:
                name: page
                steps:
                  - a: { get: /a }
                  - group:
                      name: map
                      steps:
                        - b: { get: /b }
                        - think: 20ms
                        - stop: { if: user == 1 }
                        - c: { get: /c }
            - d: { get: /d }
            """
        let metrics = try await Run(Self.yaml(steps), against: server.url).result.metrics
        #expect(metrics.counts(.httpReqs, by: "group") == ["::page": 4, "::page::map": 6])
        #expect(metrics.count(.httpReqs, where: ["request": "d"]) == 2)
        for group in ["::page", "::page::map"] {
            let trend = metrics.trend(.groupDuration, where: ["group": group, "team": "web"])
            #expect(trend?.count == 4)
            #expect(trend?.minimum ?? 0 >= 20_000)
        }
    }

    @Test("a storm's group does not count the wait at the barrier")
    func storm() async throws {
        let server = try TestServer { _ in .json(200, "{}") }
        defer { server.stop() }
        let run = try await Run(
            Self.yaml(
                "- group: { name: page, steps: [ { a: { get: /a } } ] }",
                load: "executor: storm, users: 2, waves: 2, every: 300ms"
            ),
            against: server.url
        )
        let whole = try #require(run.result.metrics.trend(.iterationDuration))
        let group = try #require(run.result.metrics.trend(.groupDuration))
        #expect(group.count == 4)
        #expect(group.maximum <= whole.maximum)
    }

    @Test("rows depend on user and iteration, not on threads", arguments: ["sequential", "random", "unique"])
    func data(pick: String) async throws {
        let server = try TestServer { _ in .json(200, "{}") }
        defer { server.stop() }
        let rows = (0..<7).map { "{ name: r\($0), n: \($0) }" }.joined(separator: ", ")
        let yaml =
            Self.yaml(
                "- a: { get: \"/${fans.name}/${again}\", headers: { X-User: \"${user}\" } }",
                load: "executor: per-vu-iterations, vus: 5, iterations: 4, set: { again: fans.n }"
            ) + "\ndata: { fans: { list: [ \(rows) ], pick: \(pick) } }\n"
        var seen: [[String: [String]]] = []
        for threads in [1, 2] {
            let before = server.requests.count
            _ = try await Run(yaml, against: server.url, threads: threads)
            let mine = server.requests[before...]
            seen.append(Dictionary(grouping: mine) { $0.headers["x-user"] ?? "" }.mapValues { $0.map(\.path) })
        }
        #expect(seen[0] == seen[1])
        #expect(seen[0].values.joined().allSatisfy { path in (0..<7).contains { path == "/r\($0)/\($0)" } })
        #expect(seen[0].values.joined().count == 20)
        switch pick {
        case "sequential": #expect(seen[0]["3"] == ["/r3/3", "/r1/1", "/r6/6", "/r4/4"])
        case "unique": #expect(seen[0]["3"] == [String](repeating: "/r3/3", count: 4))
        default: #expect(Set(seen[0].values.joined()).count > 3)
        }
    }
}
