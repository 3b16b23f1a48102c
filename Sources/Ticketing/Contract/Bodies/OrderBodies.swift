/// `POST /api/orders`.
package struct CreateOrderRequest: Codable, Sendable, Equatable {
    package var eventId: String
    /// 1…8, distinct.
    package var seatIds: [String]

    package init(eventId: String, seatIds: [String]) {
        self.eventId = eventId
        self.seatIds = seatIds
    }
}

/// 201 and 200 of `POST /api/orders`; `GET /api/orders/{id}`.
package struct OrderBody: Codable, Sendable, Equatable {
    package var orderId: String
    package var status: OrderStatus
    package var eventId: String
    package var seatIds: [String]
    package var amount: Int64
    /// ISO-8601, UTC, milliseconds.
    package var createdAt: String
    /// Why it ended as it did; only once it has ended.
    package var reason: String?

    package init(
        orderId: String,
        status: OrderStatus,
        eventId: String,
        seatIds: [String],
        amount: Int64,
        createdAt: String,
        reason: String? = nil
    ) {
        self.orderId = orderId
        self.status = status
        self.eventId = eventId
        self.seatIds = seatIds
        self.amount = amount
        self.createdAt = createdAt
        self.reason = reason
    }
}
