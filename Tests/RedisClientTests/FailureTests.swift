import Glibc
import Synchronization
import Testing

@testable import RedisClient

@Suite("Redis client on a failing server", .serialized)
struct FailureTests {
    @Test("a kill leaves what was in flight unknown, what comes after not executed, and a restart heals by itself")
    func kill() async throws {
        try await withRedis { redis in
            let client = try redis.client(commandTimeout: .milliseconds(300))
            let other = try redis.client()
            let blocked = Task { try await client.send("BLPOP", "gate", 0, timeout: .seconds(60)) }
            try await expectEventually("a blocked client") { try await blockedClients(other) == 1 }
            try await redis.kill()
            let lost = try await failure { try await blocked.value }
            #expect(lost.kind == .connectionLost && lost.outcome == .unknown)
            let refused = try await failure { try await client.send("PING") }
            #expect(refused.kind == .notConnected && refused.outcome == .notExecuted)
            #expect(refused.message.contains("refused"), "\(refused.message)")
            try await redis.start()
            try await expectEventually("an answer after the restart") {
                (try? await client.send("ECHO", "back"))?.string == "back"
            }
            await client.close()
            await other.close()
        }
    }

    @Test("a command that waits while the server is down is executed once it is back")
    func waiting() async throws {
        try await withRedis { redis in
            let client = try redis.client()
            _ = try await client.send("PING")
            try await redis.kill()
            let patient = Task { try await client.send("INCR", "n", timeout: .seconds(60)) }
            let quitter = Task { try await client.send("INCR", "never", timeout: .seconds(60)) }
            quitter.cancel()
            let cancelled = try await failure { try await quitter.value }
            #expect(cancelled.kind == .cancelled && cancelled.outcome == .notExecuted)
            try await redis.start()
            #expect(try await patient.value.integer == 1)
            #expect(try await client.send("GET", "never").isNull)
            await client.close()
        }
    }

    @Test("a run id is that of the server that gets the command, though it waited while that was restarted")
    func runID() async throws {
        try await withRedis { redis in
            let client = try redis.client()
            let first = try await client.send("ECHO", .runID(after: "1 ")).string
            #expect(first?.count == 42)
            try await redis.kill()
            let waiting = Task { try await client.send("ECHO", .runID(after: "1 "), timeout: .seconds(60)) }
            try await redis.start()
            let second = try await waiting.value.string
            #expect(second != first)
            let info = try await client.send("INFO", "server").string ?? ""
            #expect(info.contains("run_id:\(second?.dropFirst(2) ?? "none")"))
            await client.close()
        }
    }

    @Test("a server that does not answer costs the connection, and what cannot be sent is not executed")
    func stopped() async throws {
        try await withRedis { redis in
            let client = try redis.client(commandTimeout: .milliseconds(200))
            _ = try await client.send("PING")
            try await redis.signal(SIGSTOP)
            let late = try await failure { try await client.send("INCR", "n") }
            #expect(late.kind == .timeout && late.outcome == .unknown)
            // The kernel still accepts connections for a stopped process; only the handshake tells.
            let unsent = try await failure { try await client.send("INCR", "n") }
            #expect(unsent.kind == .notConnected && unsent.outcome == .notExecuted)
            try await redis.signal(SIGCONT)
            try await expectEventually("an answer") { (try? await client.send("GET", "n"))?.isNull == false }
            // The first INCR was in the server's socket; the second was never sent.
            #expect(try await client.send("GET", "n").integer == 1)
            await client.close()
        }
    }

    @Test("after a timeout no command gets the reply of another, and the others in flight are unknown")
    func positions() async throws {
        try await withRedis { redis in
            let client = try redis.client()
            let other = try redis.client()
            let blocked = Task { try await client.send("BLPOP", "gate", 0, timeout: .milliseconds(400)) }
            try await expectEventually("a blocked client") { try await blockedClients(other) == 1 }
            let behind = Task { try await client.send("ECHO", "behind") }
            #expect(try await failure { try await blocked.value }.kind == .timeout)
            // It may have been sent behind the blocked command, or after the new connection was made.
            do {
                #expect(try await behind.value.string == "behind")
            } catch let error as RedisError {
                #expect(error.kind == .connectionLost && error.outcome == .unknown)
            }
            for index in 0..<100 {
                #expect(try await client.send("ECHO", RedisArgument(index)).integer == Int64(index))
            }
            await client.close()
            await other.close()
        }
    }

    @Test("cancelling a command in flight frees its task at once and keeps the replies in place")
    func cancellation() async throws {
        try await withRedis { redis in
            let client = try redis.client()
            let other = try redis.client()
            let blocked = Task { try await client.send("BLPOP", "gate", 0, timeout: .seconds(60)) }
            try await expectEventually("a blocked client") { try await blockedClients(other) == 1 }
            blocked.cancel()
            let error = try await failure { try await blocked.value }
            #expect(error.kind == .cancelled && error.outcome == .unknown)
            let next = Task { try await client.send("ECHO", "next") }
            _ = try await other.send("LPUSH", "gate", "open")
            #expect(try await next.value.string == "next")
            await client.close()
            await other.close()
        }
    }

    @Test("no outcome is ever wrong while the server is killed and restarted under load")
    func outcomes() async throws {
        try await withRedis { redis in
            let client = try redis.client(commandTimeout: .milliseconds(100))
            let ledger = Ledger()
            try await withThrowingTaskGroup(of: Void.self) { group in
                for worker in 0..<32 {
                    group.addTask { await ledger.fill(from: worker, client) }
                }
                for _ in 0..<3 {
                    try await expectEventually("progress") { ledger.advances() }
                    try await redis.kill()
                    try await expectEventually("a command that was not executed") { ledger.sawRefusal() }
                    try await redis.start()
                }
                try await expectEventually("progress") { ledger.advances() }
                ledger.isOver.store(true, ordering: .relaxed)
                try await group.waitForAll()
            }
            let present = Set(try await client.send("SMEMBERS", "ids").array?.compactMap(\.integer) ?? [])
            let (executed, notExecuted) = ledger.outcomes()
            #expect(executed.isSubset(of: present), "acknowledged and gone: \(executed.subtracting(present))")
            #expect(notExecuted.isDisjoint(with: present), "denied and there: \(notExecuted.intersection(present))")
            await client.close()
        }
    }
}

/// What the client said about each command.
private final class Ledger: Sendable {
    private struct State {
        var executed: Set<Int64> = []
        var notExecuted: Set<Int64> = []
        var executedBefore = 0
        var notExecutedBefore = 0
    }

    private let state = Mutex(State())
    let isOver = Atomic(false)

    func fill(from worker: Int, _ client: RedisClient) async {
        var id = Int64(worker) << 32
        while !isOver.load(ordering: .relaxed) {
            id += 1
            do {
                _ = try await client.send("SADD", "ids", RedisArgument(id))
                state.withLock { _ = $0.executed.insert(id) }
            } catch  where error.outcome == .notExecuted {
                state.withLock { _ = $0.notExecuted.insert(id) }
            } catch {
                // Unknown: nothing can be said, so nothing is checked.
            }
        }
    }

    func advances() -> Bool {
        state.withLock { state in
            guard state.executed.count > state.executedBefore + 500 else { return false }
            state.executedBefore = state.executed.count
            return true
        }
    }

    func sawRefusal() -> Bool {
        state.withLock { state in
            guard state.notExecuted.count > state.notExecutedBefore else { return false }
            state.notExecutedBefore = state.notExecuted.count
            return true
        }
    }

    func outcomes() -> (executed: Set<Int64>, notExecuted: Set<Int64>) {
        state.withLock { ($0.executed, $0.notExecuted) }
    }
}
