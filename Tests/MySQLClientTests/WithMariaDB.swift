import Environment
import Glibc
import Logging
import MySQLClient
import Testing

/// A MariaDB of one's own, and what it takes to break it.
struct MariaDBUnderTest: Sendable {
    let supervisor: Supervisor
    let server: MariaDBServer

    func client(_ change: (inout MySQLConfiguration) -> Void = { _ in }) throws -> MySQLClient {
        var configuration = try MySQLConfiguration(url: server.url)
        configuration.poolSize = 4
        configuration.readTimeout = .seconds(30)
        configuration.acquireTimeout = .seconds(30)
        change(&configuration)
        return try MySQLClient(configuration, logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
    }

    func kill() async throws {
        try await supervisor.signal("mariadb", SIGKILL)
        _ = try await supervisor.waitForExit("mariadb", within: .seconds(10))
    }

    func start() async throws {
        try await supervisor.restart("mariadb")
        try await MariaDBServer.waitUntilReady(supervisor: supervisor, port: server.port)
    }
}

/// Runs `body` with a MariaDB of its own; nothing it started is left afterwards.
func withMariaDB(_ body: (MariaDBUnderTest) async throws -> Void) async throws {
    let supervisor = try await Supervisor.start(
        executable: TestPaths.seatstorm,
        directory: TestPaths.privateFolder("mysql-client")
    )
    do {
        try await body(MariaDBUnderTest(supervisor: supervisor, server: MariaDBServer.start(supervisor: supervisor)))
    } catch {
        await supervisor.stopAll()
        throw error
    }
    await supervisor.stopAll()
}

/// The error of something that must fail.
func failure<T>(
    sourceLocation: SourceLocation = #_sourceLocation,
    of statement: () async throws -> T
) async throws -> MySQLError {
    do {
        let value = try await statement()
        Issue.record("it succeeded with \(value)", sourceLocation: sourceLocation)
        return MySQLError(kind: .server(code: 0), message: "it succeeded")
    } catch let error as MySQLError {
        return error
    }
}

/// Polls until `condition` holds; records a failure when it still does not at the deadline.
func expectEventually(
    _ what: Comment,
    within limit: Duration = .seconds(30),
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
