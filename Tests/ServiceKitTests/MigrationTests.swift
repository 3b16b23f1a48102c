import Testing

@testable import ServiceKit

@Suite("Migrations")
struct MigrationTests {
    @Test("statements are told apart by the semicolon at the end of a line, and comments are left out")
    func statements() {
        let migration = Migration(
            number: 1,
            name: "x",
            sql: "-- a; comment;\nCREATE TABLE a (\n  -- inner\n  b INT DEFAULT ';'\n);\n\nDROP TABLE c;\n"
        )
        #expect(migration.statements == ["CREATE TABLE a (\n  b INT DEFAULT ';'\n)", "DROP TABLE c"])
    }

    @Test("the suite's schema has all tables of the contract")
    func suite() {
        let sql = Migration.suite.map(\.sql).joined()
        for table in [
            "events", "seats", "tickets", "orders", "order_seats", "order_transitions", "payments", "payment_attempts",
            "refunds", "outbox", "consumed",
        ] {
            #expect(sql.contains("CREATE TABLE \(table) ("))
        }
    }

    @Test("a text has one checksum, another text another")
    func checksum() {
        let one = Migration(number: 1, name: "x", sql: "abc")
        #expect(one.checksum == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")
        #expect(Migration(number: 1, name: "x", sql: "abd").checksum != one.checksum)
    }
}
