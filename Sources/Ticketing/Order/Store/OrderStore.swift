import Contract
import Foundation
import MySQLClient
import ServiceKit

/// Orders in MySQL.
///
/// Every change of a status is conditional on the status before, and recorded in its transaction.
package struct OrderStore: Sendable {
    let mysql: MySQLClient
    let announce: OrderAnnouncement

    /// Seconds for which a worker's claim lasts unless it is renewed.
    static let claimSeconds: Int64 = 10
    /// Seconds after which an order that was not accepted is cancelled.
    static let acceptanceSeconds: Int64 = 10

    /// Keeps orders in `mysql`, and what is to be said of them in its outbox.
    package init(mysql: MySQLClient, announce: @escaping OrderAnnouncement = OrderVariations.none.announce) {
        self.mysql = mysql
        self.announce = announce
    }

    /// What is known under the key.
    package func answer(_ key: IdempotencyKey) async throws -> KeyedAnswer? {
        let rows = try await mysql.query(Self.selectAnswer, [.text(key.user), .text(key.key)])
        return try rows.first.map(Self.keyedAnswer)
    }

    /// Commits the order as CREATED, unless the key is taken.
    ///
    /// - Throws: `NOT_FOUND` when the event or a seat is unknown.
    package func insert(
        _ request: CreateOrderRequest,
        key: IdempotencyKey,
        traceID: String,
        traceparent: String
    ) async throws -> InsertedOrder {
        let id = UUID().uuidString.lowercased()
        do {
            return try await mysql.transaction { connection in
                let order = try Self.priced(connection, id, request)
                try Self.insert(connection, order, key, traceID: traceID, traceparent: traceparent)
                return .inserted(order)
            }
        } catch let error as MySQLError {
            // The row with the key is committed, or this insert would have waited for it.
            guard case .duplicateKey = error.kind, let answer = try await answer(key) else { throw error }
            return .existing(answer)
        } catch let unknown as ServiceError where unknown.code == .notFound {
            // A first answer stands, whatever has become of its event since.
            guard let answer = try await answer(key) else { throw unknown }
            return .existing(answer)
        }
    }

    /// Stores the first answer and claims the order for its saga.
    ///
    /// - Returns: The claim; nil when the order is not CREATED any more, because it was cancelled in the meantime.
    package func accept(order: String, response: String) async throws -> Int64? {
        let accepted = try await mysql.execute(
            """
            UPDATE orders SET response = ?, due_at = NOW(3), updated_at = NOW(3), claimed_until = \(Self.newClaim)
            WHERE id = ? AND status = 'CREATED' AND response IS NULL
            """,
            [.text(response), .text(order)]
        )
        if accepted.affectedRows == 1 { return Self.claim(accepted) }
        let rows = try await mysql.query(
            "SELECT response, \(Self.readClaim) FROM orders WHERE id = ?",
            [.text(order)]
        )
        // Asked again after a lost reply, the stored answer is this one: accepted all the same.
        guard let row = rows.first, try row.optionalString("response") == response else { return nil }
        return try row.optionalInt("claim") ?? 0
    }

    /// Removes an order that was refused, and frees its key.
    package func remove(order: String) async throws {
        try await mysql.transaction { connection in
            let removed = try connection.execute(
                "DELETE FROM orders WHERE id = ? AND status = 'CREATED' AND response IS NULL",
                [.text(order)]
            )
            guard removed.affectedRows == 1 else { return }
            _ = try connection.execute("DELETE FROM order_seats WHERE order_id = ?", [.text(order)])
            _ = try connection.execute("DELETE FROM order_transitions WHERE order_id = ?", [.text(order)])
        }
    }

    /// The order and its owner, or nil.
    package func find(order: String) async throws -> (owner: String, body: OrderBody)? {
        let rows = try await mysql.query(
            """
            SELECT user_id, event_id, amount, status, reason,
            CAST(ROUND(UNIX_TIMESTAMP(created_at) * 1000) AS SIGNED) AS created_ms FROM orders WHERE id = ?
            """,
            [.text(order)]
        )
        guard let row = rows.first else { return nil }
        let seats = try await mysql.query(Self.selectSeats, [.text(order)])
        let status = try Self.status(row)
        let body = OrderBody(
            orderId: order,
            status: status,
            eventId: try row.string("event_id"),
            seatIds: try seats.map { try $0.string("seat_id") },
            amount: try row.int("amount"),
            createdAt: isoMilliseconds(try row.int("created_ms")),
            reason: status.isFinal ? try row.optionalString("reason") : nil
        )
        return (try row.string("user_id"), body)
    }

    /// A fresh claim, for the one row that a statement updates; what it is, the statement's result says to ``claim(_:)``.
    ///
    /// MySQL's manual describes `LAST_INSERT_ID(expr)` for this use: it saves asking for what was written.
    static let newClaim = """
        FROM_UNIXTIME(LAST_INSERT_ID(CAST(ROUND(UNIX_TIMESTAMP(NOW(3)) * 1000) AS SIGNED) + \(claimSeconds * 1000)) / 1000)
        """
    /// The column `claim` of a row: its claim, or NULL.
    static let readClaim = "CAST(ROUND(UNIX_TIMESTAMP(claimed_until) * 1000) AS SIGNED) AS claim"
    /// Whether the claim is still the parameter's.
    static let hasClaim = "claimed_until = FROM_UNIXTIME(? / 1000)"

    /// The claim that an update with ``newClaim`` has set.
    static func claim(_ result: MySQLResult) -> Int64 { Int64(result.lastInsertID) }

    static let selectSeats = "SELECT seat_id FROM order_seats WHERE order_id = ? ORDER BY position"
    private static let selectAnswer =
        "SELECT request_hash, response FROM orders WHERE user_id = ? AND idempotency_key = ?"

    private static func keyedAnswer(_ row: MySQLRow) throws -> KeyedAnswer {
        KeyedAnswer(requestHash: try row.string("request_hash"), response: try row.optionalString("response"))
    }

    static func status(_ row: MySQLRow) throws -> OrderStatus {
        let text = try row.string("status")
        guard let status = OrderStatus(rawValue: text) else { throw OrderStoreError.unknownStatus(text) }
        return status
    }
}
