import Contract
import MySQLClient

/// Whether the suite has come to rest: no order unfinished, no message unsent or not yet consumed.
package struct Quiet: Sendable, Equatable {
    package var unfinished: Int64
    package var unsent: Int64
    /// Messages sent whose consumer has not recorded them.
    package var unconsumed: Int64

    /// Nothing is on its way any more.
    package var isQuiet: Bool { unfinished == 0 && unsent == 0 && unconsumed == 0 }

    /// What is still on its way, as a sentence.
    package var sentence: String {
        "the suite did not come to rest: \(unfinished) orders unfinished, \(unsent) messages unsent, \(unconsumed) not consumed"
    }

    /// Asks MySQL.
    ///
    /// - Throws: `MySQLError` when it does not answer.
    package static func read(_ mysql: MySQLClient) async throws -> Quiet {
        let ended = OrderStatus.allCases.filter(\.isFinal).map { "'\($0.rawValue)'" }.joined(separator: ", ")
        let rows = try await mysql.query(
            """
            SELECT (SELECT COUNT(*) FROM orders WHERE archived = 0 AND status NOT IN (\(ended))) AS unfinished,
                   (SELECT COUNT(*) FROM outbox WHERE status <> 'sent') AS unsent,
                   (SELECT COUNT(*) FROM outbox) - (SELECT COUNT(*) FROM consumed) AS unconsumed
            """
        )
        guard let row = rows.first else { throw EvidenceError("MySQL answered a count with no row") }
        return Quiet(
            unfinished: try row.int("unfinished"),
            unsent: try row.int("unsent"),
            unconsumed: max(0, try row.int("unconsumed"))
        )
    }

    /// Waits until the suite is quiet; nil when it is, else what was still on its way at the deadline.
    ///
    /// - Throws: `MySQLError` when MySQL does not answer at all.
    package static func wait(_ mysql: MySQLClient, within limit: Duration) async throws -> String? {
        let deadline = ContinuousClock.now + limit
        while true {
            let state = try await read(mysql)
            if state.isQuiet { return nil }
            if ContinuousClock.now >= deadline { return state.sentence }
            // Nothing announces quiet: the state is asked for until it is there.
            try await Task.sleep(for: .milliseconds(100))
        }
    }
}
