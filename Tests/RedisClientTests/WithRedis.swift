import Environment
import Glibc
import Logging
import RedisClient
import Testing

/// A Redis of one's own, and what it takes to break it.
struct RedisUnderTest: Sendable {
    let supervisor: Supervisor
    let server: RedisServer

    func client(
        commandTimeout: Duration = .seconds(5),
        maximumPending: Int = 20_000,
        _ change: (inout RedisConfiguration) -> Void = { _ in }
    ) throws -> RedisClient {
        var configuration = try RedisConfiguration(url: server.url)
        configuration.commandTimeout = commandTimeout
        configuration.maximumPending = maximumPending
        change(&configuration)
        return RedisClient(configuration, logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
    }

    func kill() async throws {
        try await supervisor.signal("redis", SIGKILL)
        _ = try await supervisor.waitForExit("redis", within: .seconds(10))
    }

    func start() async throws {
        try await supervisor.restart("redis")
        try await RedisServer.waitUntilReady(supervisor: supervisor, port: server.port)
    }

    func signal(_ signal: Int32) async throws {
        try await supervisor.signal("redis", signal)
    }
}

/// Runs `body` with a Redis of its own; nothing it started is left afterwards.
func withRedis(_ body: (RedisUnderTest) async throws -> Void) async throws {
    let supervisor = try await Supervisor.start(
        executable: TestPaths.seatstorm,
        directory: TestPaths.privateFolder("redis-client")
    )
    do {
        try await body(RedisUnderTest(supervisor: supervisor, server: RedisServer.start(supervisor: supervisor)))
    } catch {
        await supervisor.stopAll()
        throw error
    }
    await supervisor.stopAll()
}

/// The error of a command that must fail.
func failure(
    sourceLocation: SourceLocation = #_sourceLocation,
    of command: () async throws -> RedisValue
) async throws -> RedisError {
    do {
        let value = try await command()
        Issue.record("the command succeeded with \(value)", sourceLocation: sourceLocation)
        return RedisError(kind: .server(code: "NONE"), message: "it succeeded")
    } catch let error as RedisError {
        return error
    }
}

/// Polls until `condition` holds; records a failure when it still does not at the deadline.
func expectEventually(
    _ what: Comment,
    within limit: Duration = .seconds(20),
    sourceLocation: SourceLocation = #_sourceLocation,
    _ condition: () async throws -> Bool
) async throws {
    let deadline = ContinuousClock.now + limit
    while try await !condition() {
        guard ContinuousClock.now < deadline else {
            Issue.record(what, sourceLocation: sourceLocation)
            return
        }
        try await Task.sleep(for: .milliseconds(10))
    }
}
