import MySQLClient
import ServiceKit

/// What MySQL knows of an event's seats.
enum RestoredSeats {
    /// Orders that were accepted and have not ended: their holds were pinned, and they may still be paid, or are.
    ///
    /// A PAID order with a reason has been rejected; it waits for its refund, not for seats.
    private static let unfinished = """
        SELECT s.seat_id, o.id, o.user_id FROM events e
        JOIN orders o ON o.event_id = e.id AND o.epoch >= e.reset_epoch
        JOIN order_seats s ON s.order_id = o.id
        WHERE e.id = ? AND o.archived = 0 AND o.status IN ('CREATED', 'PAYING', 'PAID')
        AND o.response IS NOT NULL AND o.reason IS NULL
        ORDER BY o.created_at, o.id
        """

    /// All seats of `event`: sold where there is a ticket, pinned where an unfinished order names them, free otherwise.
    static func read(_ event: String, from mysql: MySQLClient) async throws -> [OpeningSeat] {
        // One transaction, so one moment.
        try await mysql.transaction { connection in
            var states: [String: OpeningSeat.State] = [:]
            // Of two orders that name a seat, the older one's pin had lapsed before the newer one got it.
            for row in try connection.query(unfinished, [.text(event)]) {
                states[try row.string("seat_id")] = .pinned(
                    order: try row.string("id"),
                    user: try row.string("user_id")
                )
            }
            let tickets = try connection.query(
                "SELECT seat_id, order_id, user_id, version FROM tickets WHERE event_id = ?",
                [.text(event)]
            )
            for row in tickets {
                states[try row.string("seat_id")] = .sold(
                    order: try row.optionalString("order_id") ?? "",
                    user: try row.string("user_id"),
                    version: try row.int("version")
                )
            }
            return try connection.query("SELECT id FROM seats WHERE event_id = ?", [.text(event)]).map { row in
                let id = try row.string("id")
                return OpeningSeat(id: id, state: states[id] ?? .free)
            }
        }
    }
}
