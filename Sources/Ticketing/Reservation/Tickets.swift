import Contract
import MySQLClient

/// A seat that already has somebody else's ticket.
package struct TicketCollision: Error, Sendable, CustomStringConvertible {
    package let seat: String

    package var description: String { "seat \(seat) already has another ticket" }
}

/// Whose ticket a seat has.
struct TicketOwner: Sendable {
    /// Empty for a box-office sale.
    let order: String
    let user: String
}

/// Writes tickets: the last line of defence against a seat sold twice.
package enum Tickets {
    /// Issues a ticket for each of `seats`, inside a transaction; one that is there already, for the same order and user, is left alone.
    ///
    /// - Parameters:
    ///   - connection: Of the transaction.
    ///   - event: The seats' event.
    ///   - seats: With the version with which each was sold.
    ///   - order: Nothing for a box-office sale.
    ///   - user: Who bought them.
    /// - Throws: ``TicketCollision`` when a seat has another ticket; the transaction must then be rolled back.
    package static func issue(
        on connection: MySQLConnection,
        event: String,
        seats: [(id: String, version: Int64)],
        order: String?,
        user: String
    ) throws {
        let orderValue = order.map(MySQLValue.text) ?? .null
        // In one order everywhere, so that two transactions do not wait for each other in a circle.
        for seat in seats.sorted(by: { $0.id < $1.id }) {
            do throws(MySQLError) {
                _ = try connection.execute(
                    "INSERT INTO tickets (event_id, seat_id, order_id, user_id, version) VALUES (?, ?, ?, ?, ?)",
                    [.text(event), .text(seat.id), orderValue, .text(user), .int(seat.version)]
                )
            } catch {
                guard case .duplicateKey = error.kind else { throw error }
                let rows = try connection.query(
                    "SELECT order_id, user_id FROM tickets WHERE event_id = ? AND seat_id = ?",
                    [.text(event), .text(seat.id)]
                )
                guard let row = rows.first, try row.optionalString("order_id") == order,
                    try row.string("user_id") == user
                else { throw TicketCollision(seat: seat.id) }
            }
            _ = try connection.execute(
                "UPDATE seats SET status = 'SOLD', version = ? WHERE event_id = ? AND id = ?",
                [.int(seat.version), .text(event), .text(seat.id)]
            )
        }
    }

    /// The owners of those of `seats` that have a ticket.
    static func of(_ event: String, seats: [String], in mysql: MySQLClient) async throws -> [String: TicketOwner] {
        let places = Array(repeating: "?", count: seats.count).joined(separator: ", ")
        let rows = try await mysql.query(
            "SELECT seat_id, order_id, user_id FROM tickets WHERE event_id = ? AND seat_id IN (\(places))",
            [.text(event)] + seats.map { .text($0) }
        )
        var owners: [String: TicketOwner] = [:]
        for row in rows {
            owners[try row.string("seat_id")] = TicketOwner(
                order: try row.optionalString("order_id") ?? "",
                user: try row.string("user_id")
            )
        }
        return owners
    }

    /// Whether `event` is in generation `epoch` and stays there until the transaction ends.
    package static func isCurrent(_ epoch: Int64, of event: String, on connection: MySQLConnection) throws -> Bool {
        // Portable between MySQL 8.0 and MariaDB, unlike FOR SHARE.
        let rows = try connection.query("SELECT epoch FROM events WHERE id = ? LOCK IN SHARE MODE", [.text(event)])
        return try rows.first?.int("epoch") == epoch
    }
}
