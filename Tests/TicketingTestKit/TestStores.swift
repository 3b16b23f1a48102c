import Contract
import Environment
import Foundation
import Logging
import MySQLClient
import RedisClient
import ServiceKit

/// A real Redis and a real MariaDB with the suite's schema, started once for all tests of a process.
///
/// They end with the process: the supervisor kills them when its owner is gone.
package struct TestStores: Sendable {
    package let supervisor: Supervisor
    package let redisURL: String
    package let mysqlURL: String
    package let redis: RedisClient
    package let mysql: MySQLClient

    /// Signs the tokens of all tests.
    package static let secret = Array("the secret of the tests, 32 bytes and more".utf8)

    /// How long a command may take: no test is about time, and all of them run at once.
    private static let patience = Duration.seconds(10)

    private static let starting = Task { try await start() }

    /// The stores of this process.
    package static func shared() async throws -> TestStores { try await starting.value }

    /// Stores of their own, for services whose workers would take what other tests leave for theirs.
    package static func start() async throws -> TestStores {
        let supervisor = try await Supervisor.start(
            executable: TestPaths.seatstorm,
            directory: TestPaths.privateFolder("ticketing")
        )
        let redisServer = try await RedisServer.start(supervisor: supervisor)
        let mysqlServer = try await MariaDBServer.start(supervisor: supervisor)
        var configuration = try RedisConfiguration(url: redisServer.url)
        configuration.commandTimeout = patience
        let redis = RedisClient(configuration, logger: TestLog.quiet)
        let mysql = try MySQLClient(try MySQLConfiguration(url: mysqlServer.url), logger: TestLog.quiet)
        try await migrate(mysql, logger: TestLog.quiet)
        return TestStores(
            supervisor: supervisor,
            redisURL: redisServer.url,
            mysqlURL: mysqlServer.url,
            redis: redis,
            mysql: mysql
        )
    }

    /// Settings of a service on these stores, with authentication.
    package func settings(_ name: ServiceName) -> ServiceSettings {
        var settings = ServiceSettings(name: name, authentication: .secret(Self.secret))
        settings.redisURL = redisURL
        settings.mysqlURL = mysqlURL
        settings.redisTimeout = Self.patience
        return settings
    }

    /// A token for `user` with `scopes`.
    package static func token(_ user: String, _ scopes: Scope...) throws -> String {
        try TokenSigner(secret: secret).sign(user: user, scopes: scopes.map(\.rawValue))
    }

    /// An id that no other test uses.
    package static func uniqueID(_ prefix: String) -> String {
        prefix + "-" + String(UInt64.random(in: 0 ... .max), radix: 36)
    }

    /// Makes an event with `seats`, open in `epoch`, as the catalog service would.
    package func makeEvent(seats: [String], epoch: Int64 = 1) async throws -> String {
        let id = Self.uniqueID("ev")
        let keys = SeatKeys(event: id)
        // Redis first: a reservation service of another test restores what it finds in MySQL alone.
        for seat in seats {
            _ = try await redis.send(
                "HSET",
                RedisArgument(keys.versions),
                RedisArgument(seat),
                RedisArgument(SeatVersion.base(epoch: epoch))
            )
        }
        _ = try await redis.send("SET", RedisArgument(keys.run), .runID())
        _ = try await redis.send("SET", RedisArgument(keys.epoch), RedisArgument(epoch))
        try await mysql.transaction { connection in
            for (index, seat) in seats.enumerated() {
                _ = try connection.execute(
                    "INSERT INTO seats (id, event_id, row_no, col_no, price) VALUES (?, ?, 1, ?, 100)",
                    [.text(seat), .text(id), .int(Int64(index + 1))]
                )
            }
            _ = try connection.execute(
                """
                INSERT INTO events (id, title, description, date_time, seat_rows, seat_cols, epoch, reset_epoch)
                VALUES (?, 'A test', '', '2026-12-24T20:00:00Z', 1, ?, ?, ?)
                """,
                [.text(id), .int(Int64(seats.count)), .int(epoch), .int(epoch)]
            )
        }
        return id
    }
}

/// Waits until `condition` holds.
///
/// - Returns: Whether it did within `limit`.
package func eventually(
    within limit: Duration = .seconds(10),
    _ condition: () async throws -> Bool
) async throws -> Bool {
    let end = ContinuousClock.now + limit
    while ContinuousClock.now < end {
        if try await condition() { return true }
        try await Task.sleep(for: .milliseconds(10))
    }
    return try await condition()
}
