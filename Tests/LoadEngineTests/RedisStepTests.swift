import Environment
import Glibc
import LoadEngine
import Scenario
import Statistics
import Testing

@Suite("redis steps, against a Redis")
struct RedisStepTests {
    /// Runs `body` with a Redis of its own; nothing it started is left afterwards.
    private func withRedis(_ body: (Supervisor, RedisServer) async throws -> Void) async throws {
        let supervisor = try await Supervisor.start(
            executable: TestPaths.seatstorm,
            directory: TestPaths.privateFolder("redis-steps")
        )
        do {
            try await body(supervisor, RedisServer.start(supervisor: supervisor))
        } catch {
            await supervisor.stopAll()
            throw error
        }
        await supervisor.stopAll()
    }

    private static func yaml(_ steps: String, load: String) -> String {
        TagTests.yaml(steps, load: "executor: per-vu-iterations, \(load)")
    }

    @Test("replies of every kind become values, beside HTTP requests of the same users", arguments: [1, 2])
    func replies(threads: Int) async throws {
        let server = try TestServer { _ in .json(200, "{}") }
        defer { server.stop() }
        try await withRedis { _, redis in
            let steps = """
                - count: { redis: [INCR, all], tags: { part: "p${user % 2}" } }
                - put: { redis: [RPUSH, "list-${user}-${iteration}", "a b", "${user}"], capture: { length: $ } }
                - get: { redis: [LRANGE, "list-${user}-${iteration}", 0, -1], capture: { first: "$[0]", second: "$[1]" } }
                - nothing: { redis: [GET, missing], capture: { none: $ } }
                - wrong: { redis: [GET, "list-${user}-${iteration}"], capture: { lost: $ } }
                - look: { get: "/${length}/${first}/${second}/${none}${lost}" }
                """
            let run = try await Run(
                Self.yaml(steps, load: "vus: 10, iterations: 20"),
                against: server.url,
                threads: threads,
                redis: redis.url
            )
            let metrics = run.result.metrics
            #expect(server.requests.count == 200)
            for user in 0..<10 {
                #expect(server.requests.filter { $0.path == "/2/a%20b/\(user)/" }.count == 20)
            }
            #expect(metrics.count(.redisReqs, where: ["outcome": "reply"]) == 800)
            #expect(metrics.count(.redisReqs, where: ["request": "wrong", "outcome": "error"]) == 200)
            #expect(metrics.rate(.redisReqFailed)?.yes == 200)
            #expect(metrics.trend(.redisReqResponseTime, where: ["request": "get"])?.count == 200)
            #expect(metrics.counts(.redisReqs, by: "part") == ["p0": 100, "p1": 100])
            #expect(metrics.count(.httpReqs) == 200)
        }
    }

    @Test("a Redis that hangs leaves outcomes unknown; one that is gone, unsent; and its return is noticed")
    func failures() async throws {
        let server = try TestServer { _ in .json(200, "{}") }
        defer { server.stop() }
        try await withRedis { supervisor, redis in
            let steps = "- count: { redis: [INCR, all], timeout: 200ms }\n- look: { get: /look }\n- think: 10ms"
            let run = try await Run(
                TagTests.yaml(steps, load: "executor: constant-vus, vus: 2, duration: 60s"),
                against: server.url,
                redis: redis.url
            ) { engine in
                func progress() async throws {
                    let seen = server.requests.count
                    try await waitUntil("users go on") { server.requests.count > seen + 4 }
                }
                try await progress()
                try await supervisor.signal("redis", SIGSTOP)
                try await progress()
                try await supervisor.signal("redis", SIGKILL)
                _ = try await supervisor.waitForExit("redis", within: .seconds(10))
                try await progress()
                try await supervisor.restart("redis")
                try await RedisServer.waitUntilReady(supervisor: supervisor, port: redis.port)
                engine.setPhase(.recovery)
                try await progress()
                engine.stop("enough")
            }
            let metrics = run.result.metrics
            #expect(metrics.count(.redisReqs, where: ["outcome": "unknown", "error": "timeout"]) ?? 0 > 0)
            #expect(metrics.count(.redisReqs, where: ["outcome": "unsent", "error": "refused"]) ?? 0 > 0)
            #expect(metrics.count(.redisReqs, where: ["outcome": "reply", "phase": "recovery"]) ?? 0 > 0)
        }
    }

    @Test("a run with redis steps and no Redis is refused before it begins")
    func missing() throws {
        let yaml = Self.yaml("- count: { redis: [INCR, all] }", load: "vus: 1")
        #expect(throws: SystemFailure.self) { try Run.engine(yaml, against: "http://127.0.0.1:1") }
    }
}
