import Contract

/// An order whose row is committed, before its holds are pinned.
package struct NewOrder: Sendable, Equatable {
    package var id: String
    package var request: CreateOrderRequest
    package var amount: Int64
    package var epoch: Int64
    /// ISO-8601, UTC, milliseconds, by MySQL's clock.
    package var createdAt: String

    /// The first answer.
    package var body: OrderBody {
        OrderBody(
            orderId: id,
            status: .created,
            eventId: request.eventId,
            seatIds: request.seatIds,
            amount: amount,
            createdAt: createdAt
        )
    }
}

/// What is known under an idempotency key.
package struct KeyedAnswer: Sendable, Equatable {
    package var requestHash: String
    /// The first answer, byte for byte; nil while the first request is still being worked on.
    package var response: String?
}

/// What came of an attempt to insert an order.
package enum InsertedOrder: Sendable, Equatable {
    case inserted(NewOrder)
    /// The key is taken.
    case existing(KeyedAnswer)
}
