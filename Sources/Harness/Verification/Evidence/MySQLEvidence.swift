import Contract
import Logging
import MySQLClient

/// What MySQL says: orders, their seats, tickets, charges, and what was put into and taken out of Kafka.
package struct MySQLEvidence: Codable, Sendable {
    /// A row of `orders` with its seats.
    package struct Order: Codable, Sendable, Equatable {
        package var id: String
        package var user: String
        package var event: String
        package var status: OrderStatus
        package var seats: [String]
        /// In the smallest unit of the currency.
        package var amount: Int64
        /// The `Idempotency-Key` that it was placed with.
        package var key: String
        /// The trace of the request that made it, 32 hex digits.
        package var trace: String

        package init(
            id: String,
            user: String,
            event: String,
            status: OrderStatus,
            seats: [String],
            amount: Int64 = 0,
            key: String = "",
            trace: String = ""
        ) {
            self.id = id
            self.user = user
            self.event = event
            self.status = status
            self.seats = seats
            self.amount = amount
            self.key = key
            self.trace = trace
        }
    }

    /// A row of `tickets`.
    package struct Ticket: Codable, Sendable, Equatable {
        package var id: Int64
        package var seat: SeatID
        /// Nil for a box-office sale.
        package var order: String?
        package var user: String

        package init(id: Int64, seat: SeatID, order: String?, user: String) {
            self.id = id
            self.seat = seat
            self.order = order
            self.user = user
        }
    }

    /// Seconds within which an outbox row need not be sent.
    private static let youth = 10

    package var orders: [String: Order] = [:]
    package var tickets: [Ticket] = []
    /// `topic/id` of every message whose reader has recorded it, in the transaction of its effect.
    package var consumed: Set<String> = []
    /// The price of every seat of the run's events.
    package var prices: [SeatID: Int64] = [:]
    /// What orders paid and got back, and how they came to their states.
    package var money = MoneyEvidence()
    /// The outbox rows of the run's orders, in the order of their ids.
    package var outbox: [OutboxRow] = []

    /// Evidence of nothing; tests fill it.
    package init() {}

    /// Reads everything in one consistent snapshot.
    ///
    /// - Throws: `MySQLError` when MySQL does not answer or the tables are not those of the contract.
    package static func read(_ mysql: MySQLClient, events: Set<String>) async throws -> MySQLEvidence {
        try await mysql.withConnection { connection in
            _ = try connection.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
            _ = try connection.execute("START TRANSACTION WITH CONSISTENT SNAPSHOT, READ ONLY")
            var evidence = MySQLEvidence()
            for event in events { try evidence.take(event, from: connection) }
            for event in events { evidence.money = try evidence.money.adding(event, from: connection) }
            try evidence.takeOutbox(from: connection)
            for row in try connection.query("SELECT message_id FROM consumed") {
                evidence.consumed.insert(try row.string("message_id"))
            }
            _ = try connection.execute("COMMIT")
            return evidence
        }
    }

    private mutating func take(_ event: String, from connection: MySQLConnection) throws {
        let orders = "SELECT id, user_id, status, amount, idempotency_key, trace_id FROM orders WHERE event_id = ?"
        for row in try connection.query(orders, [.text(event)]) {
            let id = try row.string("id")
            let text = try row.string("status")
            guard let status = OrderStatus(rawValue: text) else {
                throw EvidenceError("order \(id) has the status \(text), which the contract does not know")
            }
            self.orders[id] = Order(
                id: id,
                user: try row.string("user_id"),
                event: event,
                status: status,
                seats: [],
                amount: try row.int("amount"),
                key: try row.string("idempotency_key"),
                trace: try row.string("trace_id")
            )
        }
        let seats = "SELECT order_id, seat_id FROM order_seats WHERE event_id = ? ORDER BY order_id, position"
        for row in try connection.query(seats, [.text(event)]) {
            self.orders[try row.string("order_id")]?.seats.append(try row.string("seat_id"))
        }
        for row in try connection.query("SELECT id, price FROM seats WHERE event_id = ?", [.text(event)]) {
            prices[SeatID(event, try row.string("id"))] = try row.int("price")
        }
        let rows = "SELECT ticket_id, seat_id, order_id, user_id FROM tickets WHERE event_id = ?"
        for row in try connection.query(rows, [.text(event)]) {
            tickets.append(
                Ticket(
                    id: try row.int("ticket_id"),
                    seat: SeatID(event, try row.string("seat_id")),
                    order: try row.optionalString("order_id"),
                    user: try row.string("user_id")
                )
            )
        }
    }

    /// Rows of other orders, of other runs on the same suite, are not this run's to judge.
    private mutating func takeOutbox(from connection: MySQLConnection) throws {
        let rows = """
            SELECT id, topic, message_key, status, JSON_VALUE(payload, '$.type') AS kind,
                   created_at > NOW(3) - INTERVAL \(Self.youth) SECOND AS young
            FROM outbox ORDER BY id
            """
        for row in try connection.query(rows) {
            let order = try row.string("message_key")
            guard orders[order] != nil else { continue }
            outbox.append(
                OutboxRow(
                    id: try row.int("id"),
                    topic: try row.string("topic"),
                    order: order,
                    kind: try row.optionalString("kind") ?? "",
                    isSent: try row.string("status") == "sent",
                    isYoung: try row.int("young") == 1
                )
            )
        }
    }
}
