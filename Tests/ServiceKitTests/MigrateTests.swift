import MySQLClient
import ServiceKit
import Testing
import TicketingTestKit

@Suite("Migrating a real database")
struct MigrateTests {
    private static let one = Migration(
        number: 1,
        name: "one",
        sql: "CREATE TABLE a (x INT);\nINSERT INTO a VALUES (1);\n"
    )
    private static let two = Migration(number: 2, name: "two", sql: "ALTER TABLE a ADD COLUMN y INT;\n")

    @Test("each migration is applied once, though several processes migrate at once")
    func together() async throws {
        let mysql = try await TestStores.shared().makeDatabase()
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<4 { group.addTask { try await migrate(mysql, migrations: [Self.one], logger: TestLog.quiet) } }
            try await group.waitForAll()
        }
        try await migrate(mysql, migrations: [Self.one, Self.two], logger: TestLog.quiet)
        let rows = try await mysql.query("SELECT x, y FROM a")
        #expect(rows.count == 1)
        let applied = try await mysql.query("SELECT number FROM schema_migrations ORDER BY number")
        #expect(try applied.map { try $0.int("number") } == [1, 2])
        await mysql.close()
    }

    @Test("a migration that was changed after it was applied is refused by name")
    func changed() async throws {
        let mysql = try await TestStores.shared().makeDatabase()
        try await migrate(mysql, migrations: [Self.one], logger: TestLog.quiet)
        let altered = Migration(number: 1, name: "one", sql: Self.one.sql + "DROP TABLE a;\n")
        let error = await #expect(throws: MigrationError.self) {
            try await migrate(mysql, migrations: [altered], logger: TestLog.quiet)
        }
        #expect(error?.description.contains("migration 1 (one)") == true)
        await mysql.close()
    }
}
