import CMariaDB
import Testing

@testable import MySQLClient

@Suite("MySQL values, rows and errors")
struct ValueTests {
    @Test("a URL names user, password, host, port and database")
    func url() throws {
        let full = try MySQLConfiguration(url: "mysql://anna:p%40ss@10.0.0.7:3307/seats")
        #expect(full.user == "anna" && full.password == "p@ss" && full.host == "10.0.0.7")
        #expect(full.port == 3307 && full.database == "seats")
        #expect(try MySQLConfiguration(url: "mysql://anna@localhost/seats").port == 3306)
    }

    @Test(
        "a URL that is none is refused, without its password in the message",
        arguments: [
            "postgres://a@b/c", "mysql://localhost/x", "mysql://u:secret@/x", "mysql://u:secret@h:99999/x",
            "mysql://u:secret/x", "secret",
        ]
    )
    func badURL(_ url: String) {
        let error = #expect(throws: MySQLURLError.self) { try MySQLConfiguration(url: url) }
        #expect(error?.description.contains("secret") == false)
    }

    @Test("a row gives a column as what it is, and says what it is otherwise")
    func row() throws {
        let row = MySQLRow(columns: ["n", "t", "sum", "d", "gone"], values: [7, "seven", "12", .double(3), nil])
        #expect(try row.int("n") == 7 && row.string("t") == "seven" && row.int("sum") == 12 && row.int("d") == 3)
        #expect(try row.optionalInt("gone") == nil && row.optionalString("gone") == nil)
        #expect(row["other"] == nil && row[0] == .int(7))
        for (column, word) in [("t", "it is text"), ("gone", "it is NULL"), ("other", "the result has only n, t")] {
            let error = #expect(throws: MySQLRowError.self) { try row.int(column) }
            #expect(error?.description.contains(word) == true)
        }
    }

    @Test(
        "an error says what may be assumed, from its number and from what was being done",
        arguments: [
            (CR_SERVER_LOST, StatementPhase.executing, MySQLOutcome.unknown),
            (CR_SERVER_LOST_EXTENDED, .executing, .unknown),
            (ER_SERVER_SHUTDOWN, .executing, .unknown),
            (ER_CONNECTION_KILLED, .executing, .unknown),
            (CR_SERVER_GONE_ERROR, .executing, .notExecuted),
            (CR_SERVER_LOST, .preparing, .notExecuted),
            (CR_SERVER_LOST, .connecting, .notExecuted),
            (ER_ACCESS_DENIED_ERROR, .connecting, .notExecuted),
            (ER_LOCK_DEADLOCK, .executing, .refused),
            (ER_PARSE_ERROR, .preparing, .refused),
        ]
    )
    func classification(_ code: Int32, _ phase: StatementPhase, _ outcome: MySQLOutcome) {
        #expect(MySQLError(code: UInt32(code), text: "…", phase: phase, doing: "Testing").outcome == outcome)
    }
}
