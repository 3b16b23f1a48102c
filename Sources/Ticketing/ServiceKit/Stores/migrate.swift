import Logging
import MySQLClient

/// Why migrations were not applied.
package struct MigrationError: Error, Sendable, CustomStringConvertible {
    package let description: String
}

/// Applies the migrations that have not been applied yet; several processes may do so at once.
///
/// - Parameters:
///   - mysql: The database.
///   - migrations: All of them, those already applied included.
///   - logger: Told of each that is applied.
/// - Throws: ``MigrationError`` when an applied migration's text has changed since, or the lock cannot be had within 30 s.
package func migrate(
    _ mysql: MySQLClient,
    migrations: [Migration] = Migration.suite,
    logger: Logger
) async throws {
    // The lock belongs to the session, so all of it happens on one connection, and a process that dies gives it up.
    try await mysql.withConnection { connection in
        var locked = false
        // Each wait stays below the connection's read timeout.
        for _ in 0..<30 where !locked {
            let answer = try connection.query("SELECT GET_LOCK('ticketing.migrate', 1) AS got")
            locked = try answer.first?.optionalInt("got") == 1
        }
        guard locked else {
            throw MigrationError(
                description: "another process has been migrating this database for 30 s; try again later"
            )
        }
        defer { _ = try? connection.query("SELECT RELEASE_LOCK('ticketing.migrate')") }
        try apply(migrations, on: connection, logger: logger)
    }
}

private func apply(_ migrations: [Migration], on connection: MySQLConnection, logger: Logger) throws {
    _ = try connection.execute(
        """
        CREATE TABLE IF NOT EXISTS schema_migrations (
            number INT NOT NULL PRIMARY KEY, name VARCHAR(100) NOT NULL, checksum CHAR(64) NOT NULL,
            applied_at DATETIME(3) NOT NULL DEFAULT CURRENT_TIMESTAMP(3)
        ) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4
        """
    )
    var applied: [Int64: String] = [:]
    for row in try connection.query("SELECT number, checksum FROM schema_migrations") {
        applied[try row.int("number")] = try row.string("checksum")
    }
    for migration in migrations.sorted(by: { $0.number < $1.number }) {
        if let checksum = applied[Int64(migration.number)] {
            guard checksum == migration.checksum else {
                throw MigrationError(
                    description: """
                        migration \(migration.number) (\(migration.name)) was applied to this database with another text \
                        (checksum \(checksum), now \(migration.checksum)); add a new migration instead of changing this one
                        """
                )
            }
            continue
        }
        for statement in migration.statements { _ = try connection.execute(statement) }
        _ = try connection.execute(
            "INSERT INTO schema_migrations (number, name, checksum) VALUES (?, ?, ?)",
            [.int(Int64(migration.number)), .text(migration.name), .text(migration.checksum)]
        )
        logger.info("migration applied", metadata: ["number": "\(migration.number)", "name": "\(migration.name)"])
    }
}
