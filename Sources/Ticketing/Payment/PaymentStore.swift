import Contract
import Foundation
import MySQLClient

/// Charges, attempts and refunds in MySQL.
///
/// The row in `payments` is the decision: whoever inserts it first has decided, everybody else replays it. Each attempt is
/// recorded in the transaction that decides it, so it is there before the answer is.
package struct PaymentStore: Sendable {
    private let mysql: MySQLClient

    /// Keeps payments in `mysql`.
    package init(mysql: MySQLClient) { self.mysql = mysql }

    /// Charges the order, or declines it, unless that was decided before; then the same answer again.
    package func authorize(order: String, amount: Int64, declined: Bool, trace: String) async throws -> PaymentBody {
        let payment = Self.newPaymentID()
        let status: PaymentStatus = declined ? .fail : .success
        return try await mysql.transaction { connection in
            let decided = try Self.decide(connection, order, payment, amount: amount, status: status)
            let outcome = decided.paymentId == payment ? decided.status.rawValue : "replay"
            try Self.record(connection, order, kind: "authorize", amount: amount, outcome: outcome, trace: trace)
            return decided
        }
    }

    /// Records an attempt that decided nothing: `outcome` is `error` or `hang`.
    package func recordBroken(order: String, amount: Int64, outcome: String, trace: String) async throws {
        try await mysql.transaction { connection in
            try Self.record(connection, order, kind: "authorize", amount: amount, outcome: outcome, trace: trace)
        }
    }

    /// What was decided about the order, or nil.
    package func payment(order: String) async throws -> PaymentBody? {
        let rows = try await mysql.query(
            "SELECT payment_id, status FROM payments WHERE order_id = ?",
            [.text(order)]
        )
        return try rows.first.map { try Self.body(order, $0) }
    }

    /// Returns the charge, or leaves a tombstone that makes a late authorize answer `fail`.
    ///
    /// Asked again, it is the same answer.
    package func refund(order: String, trace: String) async throws -> RefundBody {
        let tombstone = Self.newPaymentID()
        return try await mysql.transaction { connection in
            // Inserting first locks the order's row whether it was there or not: no charge can slip in between.
            _ = try Self.insertIfAbsent(connection, order, tombstone, amount: 0, status: .fail)
            let rows = try connection.query(
                "SELECT status, amount FROM payments WHERE order_id = ? FOR UPDATE",
                [.text(order)]
            )
            guard let row = rows.first else { throw PaymentStoreError.rowVanished(order: order) }
            let charged = try row.string("status") != PaymentStatus.fail.rawValue
            let amount = charged ? try row.int("amount") : 0
            let result: RefundBody.Result = charged ? .refunded : .neverCharged
            if charged {
                _ = try connection.execute(
                    "UPDATE payments SET status = 'refunded' WHERE order_id = ?",
                    [.text(order)]
                )
            }
            _ = try connection.execute(
                """
                INSERT INTO refunds (order_id, amount, result) VALUES (?, ?, ?)
                ON DUPLICATE KEY UPDATE order_id = refunds.order_id
                """,
                [.text(order), .int(amount), .text(result.rawValue)]
            )
            try Self.record(connection, order, kind: "refund", amount: amount, outcome: result.rawValue, trace: trace)
            return RefundBody(orderId: order, result: result)
        }
    }

    private static func newPaymentID() -> String { "pay-" + UUID().uuidString.lowercased() }

    private static func decide(
        _ connection: MySQLConnection,
        _ order: String,
        _ payment: String,
        amount: Int64,
        status: PaymentStatus
    ) throws -> PaymentBody {
        if try insertIfAbsent(connection, order, payment, amount: amount, status: status) {
            return PaymentBody(orderId: order, paymentId: payment, status: status)
        }
        // A locking read: a plain one would show the snapshot of the transaction's beginning, without the winner's row.
        let rows = try connection.query(
            "SELECT payment_id, status FROM payments WHERE order_id = ? FOR UPDATE",
            [.text(order)]
        )
        guard let row = rows.first else { throw PaymentStoreError.rowVanished(order: order) }
        return try body(order, row)
    }

    /// Whether the row was not there before.
    private static func insertIfAbsent(
        _ connection: MySQLConnection,
        _ order: String,
        _ payment: String,
        amount: Int64,
        status: PaymentStatus
    ) throws -> Bool {
        let inserted = try connection.execute(
            """
            INSERT INTO payments (order_id, payment_id, amount, status) VALUES (?, ?, ?, ?)
            ON DUPLICATE KEY UPDATE order_id = payments.order_id
            """,
            [.text(order), .text(payment), .int(amount), .text(status.rawValue)]
        )
        return inserted.affectedRows == 1
    }

    private static func record(
        _ connection: MySQLConnection,
        _ order: String,
        kind: String,
        amount: Int64,
        outcome: String,
        trace: String
    ) throws {
        _ = try connection.execute(
            "INSERT INTO payment_attempts (order_id, kind, amount, outcome, trace_id) VALUES (?, ?, ?, ?, ?)",
            [.text(order), .text(kind), .int(amount), .text(outcome), .text(trace)]
        )
    }

    /// A refunded charge was a success: asked again, the same answer, with the refund beside it.
    private static func body(_ order: String, _ row: MySQLRow) throws -> PaymentBody {
        let status = try row.string("status")
        return PaymentBody(
            orderId: order,
            paymentId: try row.string("payment_id"),
            status: status == PaymentStatus.fail.rawValue ? .fail : .success,
            refunded: status == "refunded" ? true : nil
        )
    }
}
