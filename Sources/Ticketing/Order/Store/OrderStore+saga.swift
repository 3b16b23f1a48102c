import Contract
import MySQLClient
import ServiceKit

extension OrderStore {
    /// Claims up to `limit` orders whose saga wants attention and that nobody has claimed.
    package func claimDue(limit: Int) async throws -> [OrderRecord] {
        let due = """
            status IN ('CREATED', 'PAYING', 'PAID') AND due_at <= NOW(3)
            AND (claimed_until IS NULL OR claimed_until <= NOW(3))
            """
        // A plain read finds the candidates, so that an idle sweep locks nothing and locked ranges delay no insert.
        let candidates = try await mysql.query("SELECT id FROM orders WHERE \(due) ORDER BY due_at LIMIT \(limit)")
        guard !candidates.isEmpty else { return [] }
        let ids = try candidates.map { MySQLValue.text(try $0.string("id")) }
        let places = Array(repeating: "?", count: ids.count).joined(separator: ", ")
        return try await mysql.transaction { connection in
            let free = try connection.query(
                "SELECT id FROM orders WHERE id IN (\(places)) AND \(due) FOR UPDATE SKIP LOCKED",
                ids
            )
            return try free.compactMap { row in
                let id = try row.string("id")
                _ = try connection.execute(
                    "UPDATE orders SET claimed_until = \(Self.newClaim) WHERE id = ?",
                    [.text(id)]
                )
                return try Self.record(connection, id)
            }
        }
    }

    /// Commits CREATED → PAYING with the payment deadline.
    ///
    /// - Returns: The order as it is now; nil when the claim has lapsed and was taken, or the order has moved on.
    package func begin(_ order: OrderRecord) async throws -> OrderRecord? {
        try await mysql.transaction { connection in
            let moved = try connection.execute(
                """
                UPDATE orders SET status = 'PAYING', updated_at = NOW(3), claimed_until = \(Self.newClaim),
                payment_deadline = NOW(3) + INTERVAL \(Contract.paymentDeadlineSeconds) SECOND
                WHERE id = ? AND status = 'CREATED' AND \(Self.hasClaim)
                """,
                [.text(order.id), .int(order.claim)]
            )
            guard moved.affectedRows == 1 else { return nil }
            try Self.recordTransition(connection, order.id, from: .created, to: .paying)
            var begun = order
            begun.status = .paying
            begun.claim = Self.claim(moved)
            begun.paymentRemaining = Int64(Contract.paymentDeadlineSeconds) * 1000
            return begun
        }
    }

    /// Prolongs the claim.
    ///
    /// - Returns: The new claim; nil when it has lapsed and was taken.
    package func renew(_ order: OrderRecord) async throws -> Int64? {
        let renewed = try await mysql.execute(
            "UPDATE orders SET claimed_until = \(Self.newClaim) WHERE id = ? AND status = ? AND \(Self.hasClaim)",
            [.text(order.id), .text(order.status.rawValue), .int(order.claim)]
        )
        return renewed.affectedRows == 1 ? Self.claim(renewed) : nil
    }

    /// Gives the claim back, so that another worker may go on at once.
    package func release(_ order: OrderRecord) async throws {
        _ = try await mysql.execute(
            "UPDATE orders SET claimed_until = NULL WHERE id = ? AND \(Self.hasClaim)",
            [.text(order.id), .int(order.claim)]
        )
    }

    /// Commits the worker's result: the status, the transition and the outbox row, or none of them.
    ///
    /// There is no outbox row when rejected seats are refunded: the reservation service has freed them, and said so.
    ///
    /// - Returns: Whether it did; not when the claim has lapsed and was taken, or the order has moved on.
    package func settle(
        _ order: OrderRecord,
        as status: OrderStatus,
        reason: String?,
        traceparent: String?
    ) async throws -> Bool {
        let event = order.message(status == .paid ? .paid : .cancelled)
        // Only a 201 binds a key: an order that was never accepted gives it back. No caller can send one with a space.
        let freesKey = !order.isAccepted && status == .cancelled
        return try await mysql.transaction { connection in
            let moved = try connection.execute(
                """
                UPDATE orders SET status = ?, reason = ?, due_at = NULL, claimed_until = NULL, updated_at = NOW(3)
                \(freesKey ? ", idempotency_key = CONCAT('freed ', id)" : "")
                WHERE id = ? AND status = ? AND \(Self.hasClaim)
                """,
                [
                    .text(status.rawValue), reason.map { .text($0) } ?? .null, .text(order.id),
                    .text(order.status.rawValue), .int(order.claim),
                ]
            )
            guard moved.affectedRows == 1 else { return false }
            try Self.recordTransition(connection, order.id, from: order.status, to: status)
            if order.status != .paid { try announce(connection, event, traceparent) }
            return true
        }
    }

    /// Seconds since the order was created.
    package func age(of order: String) async throws -> Double? {
        try await mysql.query(Self.selectAge, [.text(order)]).first.map { Double(try $0.int("age")) / 1_000_000 }
    }

    static let selectAge = "SELECT TIMESTAMPDIFF(MICROSECOND, created_at, NOW(3)) AS age FROM orders WHERE id = ?"

    private static func record(_ connection: MySQLConnection, _ id: String) throws -> OrderRecord? {
        let rows = try connection.query(
            """
            SELECT user_id, event_id, amount, epoch, status, reason, response IS NOT NULL AS accepted, traceparent,
            TIMESTAMPDIFF(MICROSECOND, NOW(3), payment_deadline) DIV 1000 AS remaining,
            \(readClaim) FROM orders WHERE id = ?
            """,
            [.text(id)]
        )
        guard let row = rows.first else { return nil }
        let seats = try connection.query(selectSeats, [.text(id)])
        return OrderRecord(
            id: id,
            user: try row.string("user_id"),
            event: try row.string("event_id"),
            seats: try seats.map { try $0.string("seat_id") },
            amount: try row.int("amount"),
            epoch: try row.int("epoch"),
            status: try status(row),
            reason: try row.optionalString("reason"),
            isAccepted: try row.int("accepted") != 0,
            traceparent: try row.optionalString("traceparent"),
            paymentRemaining: try row.optionalInt("remaining"),
            claim: try row.optionalInt("claim") ?? 0
        )
    }
}
