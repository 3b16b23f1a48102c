import Contract
import MySQLClient

extension OrderStore {
    /// What a message of ``Topic/reservationEvents`` did to an order.
    package enum EventEffect: Sendable, Equatable {
        /// PAID → CONFIRMED, so many seconds after the order was created.
        case confirmed(seconds: Double)
        /// The order stays PAID until a worker has given the money back.
        case rejected
        /// Consumed before, or about an order that it cannot change any more.
        case nothing
    }

    /// Applies the message within the consumer's transaction.
    static func apply(_ event: ReservationEvent, _ connection: MySQLConnection) throws -> EventEffect {
        switch event.type {
        case .confirmed:
            let moved = try connection.execute(
                """
                UPDATE orders SET status = 'CONFIRMED', due_at = NULL, claimed_until = NULL, updated_at = NOW(3)
                WHERE id = ? AND status = 'PAID'
                """,
                [.text(event.orderId)]
            )
            guard moved.affectedRows == 1 else { return .nothing }
            try recordTransition(connection, event.orderId, from: .paid, to: .confirmed)
            let age = try connection.query(selectAge, [.text(event.orderId)]).first?.int("age") ?? 0
            return .confirmed(seconds: Double(age) / 1_000_000)
        case .rejected:
            // The refund is a worker's: a payment that does not answer must not hold up the messages behind this one.
            let marked = try connection.execute(
                """
                UPDATE orders SET reason = ?, due_at = NOW(3), claimed_until = NULL, updated_at = NOW(3)
                WHERE id = ? AND status = 'PAID'
                """,
                [.text(String((event.reason ?? SagaReason.seatsRejected).prefix(200))), .text(event.orderId)]
            )
            return marked.affectedRows == 1 ? .rejected : .nothing
        case .released:
            return .nothing
        }
    }
}
