import Contract
import MySQLClient

/// What MySQL says of the run's orders beside their state: charges, attempts, refunds and transitions.
package struct MoneyEvidence: Codable, Sendable, Equatable {
    /// A row of `payments`: what was decided about an order's money.
    package struct Payment: Codable, Sendable, Equatable {
        package enum Status: String, Codable, Sendable {
            case success, fail, refunded
        }
        package var amount: Int64
        package var status: Status

        package init(amount: Int64, status: Status) {
            self.amount = amount
            self.status = status
        }

        /// Whether money was taken, given back or not.
        package var isCharged: Bool { status != .fail }
    }

    /// A row of `payment_attempts`.
    package struct Attempt: Codable, Sendable, Equatable {
        package var order: String
        /// `authorize` or `refund`.
        package var kind: String
        package var amount: Int64
        package var outcome: String

        package init(order: String, kind: String, amount: Int64, outcome: String) {
            self.order = order
            self.kind = kind
            self.amount = amount
            self.outcome = outcome
        }
    }

    /// A row of `order_transitions`, texts as they stand there.
    package struct Transition: Codable, Sendable, Equatable {
        package var from: String?
        package var to: String

        package init(from: String?, to: String) {
            self.from = from
            self.to = to
        }
    }

    package var payments: [String: Payment] = [:]
    package var attempts: [Attempt] = []
    /// Amounts given back, by order; 0 where there was no charge.
    package var refunds: [String: Int64] = [:]
    /// In the order in which they were made.
    package var transitions: [String: [Transition]] = [:]

    /// Evidence of nothing; tests fill it.
    package init() {}

    /// Reads what belongs to the orders of `event`, within the caller's snapshot.
    ///
    /// - Throws: `MySQLError`, or `EvidenceError` for a status that the contract does not know.
    func adding(_ event: String, from connection: MySQLConnection) throws -> MoneyEvidence {
        var evidence = self
        func rows(_ columns: String, _ table: String, ordered: String) throws -> [MySQLRow] {
            try connection.query(
                "SELECT \(columns) FROM \(table) t JOIN orders o ON o.id = t.order_id WHERE o.event_id = ? ORDER BY \(ordered)",
                [.text(event)]
            )
        }
        for row in try rows("t.order_id, t.amount, t.status", "payments", ordered: "t.order_id") {
            let order = try row.string("order_id")
            let text = try row.string("status")
            guard let status = Payment.Status(rawValue: text) else {
                throw EvidenceError("the payment of order \(order) has the status \(text), which is not known")
            }
            evidence.payments[order] = Payment(amount: try row.int("amount"), status: status)
        }
        for row in try rows("t.order_id, t.kind, t.amount, t.outcome", "payment_attempts", ordered: "t.id") {
            evidence.attempts.append(
                Attempt(
                    order: try row.string("order_id"),
                    kind: try row.string("kind"),
                    amount: try row.int("amount"),
                    outcome: try row.string("outcome")
                )
            )
        }
        for row in try rows("t.order_id, t.amount", "refunds", ordered: "t.order_id") {
            evidence.refunds[try row.string("order_id")] = try row.int("amount")
        }
        for row in try rows("t.order_id, t.from_status, t.to_status", "order_transitions", ordered: "t.id") {
            evidence.transitions[try row.string("order_id"), default: []].append(
                Transition(from: try row.optionalString("from_status"), to: try row.string("to_status"))
            )
        }
        return evidence
    }
}
