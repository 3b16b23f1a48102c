import Contract
import Environment
import Foundation
import Logging
import RedisClient
import Testing

@testable import Verification

@Suite("The seats' log is followed from the start of a run", .timeLimit(.minutes(2)))
struct SeatLogTailTests {
    @Test("what Redis throws away after it was read is not lost")
    func trimmed() async throws {
        try await withTail { redis, tail, file in
            try await redis.add("reset", version: 0)
            for version in 1...20 { try await redis.add("hold", version: version) }
            await tail.start()
            try await waitFor(21, in: file)
            _ = try await redis.client.send("XTRIM", RedisArgument(redis.key), "MAXLEN", 1)
            try await redis.add("release", version: 21)
            let (log, gap) = try await tail.finish()
            #expect(gap == nil)
            #expect(log.map(\.version) == Array(0...21))
        }
    }

    @Test("what Redis threw away before it was read is a gap that names the event")
    func gap() async throws {
        try await withTail { redis, tail, file in
            try await redis.add("reset", version: 0)
            await tail.start()
            try await waitFor(1, in: file)
            // In one step, so that nobody reads in between.
            _ = try await redis.client.send(
                "EVAL",
                """
                for i = 1, 9 do redis.call('XADD', KEYS[1], '*', 'op', 'hold', 'seat', 'R1C1', 'version', i) end
                redis.call('XTRIM', KEYS[1], 'MAXLEN', 2)
                """,
                1,
                RedisArgument(redis.key)
            )
            let (_, gap) = try await tail.finish()
            #expect(gap?.contains("e1") == true)
        }
    }

    @Test("a log that was lost, and an event restored, is no gap: what is known of before stays")
    func lost() async throws {
        try await withTail { redis, tail, file in
            try await redis.add("reset", version: 0)
            try await redis.add("hold", version: 1)
            await tail.start()
            try await waitFor(2, in: file)
            _ = try await redis.client.send("DEL", RedisArgument(redis.key))
            try await redis.add("restore", version: 1 << 32)
            let (log, gap) = try await tail.finish()
            #expect(gap == nil)
            #expect(log.map(\.operation) == ["reset", "hold", "restore"])
        }
    }

    @Test("a log that was lost, with no restoration, is a gap")
    func forgotten() async throws {
        try await withTail { redis, tail, file in
            try await redis.add("reset", version: 0)
            await tail.start()
            try await waitFor(1, in: file)
            _ = try await redis.client.send("DEL", RedisArgument(redis.key))
            let (_, gap) = try await tail.finish()
            #expect(gap?.contains("e1") == true)
        }
    }

    private func waitFor(_ count: Int, in file: String) async throws {
        let deadline = ContinuousClock.now + .seconds(20)
        while (try? String(contentsOfFile: file, encoding: .utf8))?.split(separator: "\n").count ?? 0 < count {
            guard ContinuousClock.now < deadline else {
                Issue.record("the tail has not read \(count) entries")
                return
            }
            try await Task.sleep(for: .milliseconds(10))
        }
    }

    private func withTail(_ body: (SeatLog, SeatLogTail, String) async throws -> Void) async throws {
        let supervisor = try await Supervisor.start(
            executable: TestPaths.seatstorm,
            directory: TestPaths.privateFolder("tail")
        )
        let file = NSTemporaryDirectory() + UUID().uuidString
        defer { try? FileManager.default.removeItem(atPath: file) }
        let quiet = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        do {
            let server = try await RedisServer.start(supervisor: supervisor)
            let url = RedisServer.url(port: server.port)
            let client = RedisClient(try RedisConfiguration(url: url), logger: quiet)
            let tail = try SeatLogTail(redisURL: url, events: ["e1"], path: file, logger: quiet)
            try await body(SeatLog(client: client), tail, file)
            await client.close()
        } catch {
            await supervisor.stopAll()
            throw error
        }
        await supervisor.stopAll()
    }
}

/// The log of event `e1`, as the scripts write it.
private struct SeatLog {
    let client: RedisClient
    let key = SeatKeys(event: "e1").log

    func add(_ operation: String, version: Int) async throws {
        let seat = SeatLogOpening(rawValue: operation) == nil ? "R1C1" : ""
        _ = try await client.send(
            "XADD",
            RedisArgument(key),
            "*",
            RedisArgument(SeatLogField.operation),
            RedisArgument(operation),
            RedisArgument(SeatLogField.seat),
            RedisArgument(seat),
            RedisArgument(SeatLogField.version),
            RedisArgument(version)
        )
    }
}
