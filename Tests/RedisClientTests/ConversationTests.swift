import Synchronization
import Testing

@testable import RedisClient

@Suite("Redis client on a healthy server")
struct ConversationTests {
    @Test("a command is in flight until it is answered")
    func inFlight() async throws {
        try await withRedis { redis in
            let client = try redis.client(commandTimeout: .seconds(30))
            let other = try redis.client()
            #expect(client.commandsInFlight == 0)
            async let popped = client.send("BLPOP", "list", "0")
            try await expectEventually("one command is in flight") { client.commandsInFlight == 1 }
            _ = try await other.send("RPUSH", "list", "x")
            _ = try await popped
            #expect(client.commandsInFlight == 0)
            await client.close()
            await other.close()
        }
    }

    @Test("each of thousands of concurrent commands gets its own reply")
    func pipelining() async throws {
        try await withRedis { redis in
            let client = try redis.client()
            await withTaskGroup(of: Bool.self) { group in
                for index in 0..<5_000 {
                    group.addTask {
                        let reply = try? await client.send("ECHO", RedisArgument(index))
                        return reply?.integer == Int64(index)
                    }
                }
                #expect(await group.allSatisfy { $0 })
            }
            await client.close()
        }
    }

    @Test("every kind of reply arrives as what it is")
    func replies() async throws {
        try await withRedis { redis in
            let client = try redis.client()
            let large = [UInt8](repeating: 0xab, count: 300_000)
            #expect(try await client.send("SET", "large", RedisArgument(large)) == .bytes(Array("OK".utf8)))
            #expect(try await client.send("GET", "large") == .bytes(large))
            #expect(try await client.send("GET", "nothing") == .null)
            #expect(try await client.send("INCRBY", "n", 42) == .integer(42))
            let nested = RedisScript("return {1, {'a', false}, {err = 'ODD one'}}")
            let reply = try await client.evaluate(nested, keys: [], arguments: [])
            #expect(reply == .array([.integer(1), .array([.bytes([97]), .null]), .error("ODD one")]))
            let error = try await failure { try await client.send("LPUSH", "n", 1) }
            #expect(error.kind == .server(code: "WRONGTYPE") && error.outcome == .refused)
            await client.close()
        }
    }

    @Test("a script that the server does not know is sent with its source, also after the server forgot it")
    func scripts() async throws {
        try await withRedis { redis in
            let client = try redis.client()
            let script = RedisScript("return redis.call('INCRBY', KEYS[1], ARGV[1])")
            #expect(try await client.evaluate(script, keys: ["count"], arguments: [2]).integer == 2)
            #expect(try await client.evaluate(script, keys: ["count"], arguments: [2]).integer == 4)
            _ = try await client.send("SCRIPT", "FLUSH")
            #expect(try await client.evaluate(script, keys: ["count"], arguments: [2]).integer == 6)
            let error = try await failure {
                try await client.evaluate(RedisScript("return nonsense()"), keys: [], arguments: [])
            }
            #expect(error.outcome == .refused)
            await client.close()
        }
    }

    @Test("a connection authenticates and selects its database, and a wrong password is said")
    func authentication() async throws {
        try await withRedis { redis in
            let open = try redis.client()
            _ = try await open.send("CONFIG", "SET", "requirepass", "secret")
            let client = try redis.client {
                $0.password = "secret"
                $0.database = 3
            }
            _ = try await client.send("SET", "where", "three")
            #expect(try await open.send("GET", "where").isNull)
            let wrong = try redis.client(commandTimeout: .milliseconds(300)) { $0.password = "guess" }
            let error = try await failure { try await wrong.send("PING") }
            #expect(error.kind == .notConnected && error.message.contains("WRONGPASS"))
            for each in [open, client, wrong] {
                await each.close()
            }
        }
    }

    @Test("a command above the limit of pending ones is refused at once, and the limit frees up again")
    func overload() async throws {
        try await withRedis { redis in
            let client = try redis.client(maximumPending: 3)
            let other = try redis.client()
            let blocked = Task { try await client.send("BLPOP", "gate", 0, timeout: .seconds(30)) }
            try await expectEventually("a blocked client") { try await blockedClients(other) == 1 }
            // One place is taken; of four more commands two find a place and wait behind the blocked one.
            let behind = (0..<4).map { _ in Task { try await client.send("ECHO", "behind", timeout: .seconds(30)) } }
            let refused = Counter()
            let watchers = behind.map { task in
                Task {
                    if let error = await task.result.failure as? RedisError {
                        #expect(error.kind == .overloaded && error.outcome == .notExecuted)
                        refused.value.add(1, ordering: .relaxed)
                    }
                }
            }
            try await expectEventually("two refusals") { refused.value.load(ordering: .relaxed) == 2 }
            _ = try await other.send("LPUSH", "gate", "open")
            _ = try await blocked.value
            for watcher in watchers {
                await watcher.value
            }
            #expect(refused.value.load(ordering: .relaxed) == 2)
            try await expectEventually("room again") { try await client.send("ECHO", "room").string == "room" }
            await client.close()
            await other.close()
        }
    }

    @Test("closing lets the reply in flight arrive, and refuses what comes after")
    func closing() async throws {
        try await withRedis { redis in
            let client = try redis.client()
            let other = try redis.client()
            let blocked = Task { try await client.send("BLPOP", "gate", 0, timeout: .seconds(30)) }
            try await expectEventually("a blocked client") { try await blockedClients(other) == 1 }
            let close = Task { await client.close() }
            // A command that comes before the close is served after the blocked one, so none is waited for here.
            let refused = Counter()
            try await expectEventually("a refusal") {
                Task {
                    let late = await Task { try await client.send("INCR", "late") }.result
                    if let error = late.failure as? RedisError, error.kind == .notConnected {
                        refused.value.add(1, ordering: .relaxed)
                    }
                }
                return refused.value.load(ordering: .relaxed) > 0
            }
            _ = try await other.send("LPUSH", "gate", "open")
            #expect(try await blocked.value.array?.last?.string == "open")
            await close.value
            await other.close()
        }
    }
}

/// How many clients wait in a blocking command.
func blockedClients(_ client: RedisClient) async throws -> Int {
    let information = try await client.send("INFO", "clients").string ?? ""
    let line = information.split(whereSeparator: \.isNewline).first { $0.hasPrefix("blocked_clients:") }
    return line.flatMap { Int($0.drop { $0 != ":" }.dropFirst()) } ?? -1
}

/// A number that several tasks count up.
private final class Counter: Sendable {
    let value = Atomic(0)
}

extension Result {
    fileprivate var failure: Failure? {
        guard case .failure(let failure) = self else { return nil }
        return failure
    }
}
