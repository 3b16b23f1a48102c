import Contract

/// An order as a worker of its saga sees it, with the worker's claim on it.
package struct OrderRecord: Sendable, Equatable {
    package var id: String
    package var user: String
    package var event: String
    package var seats: [String]
    package var amount: Int64
    /// The event's epoch when the order was accepted.
    package var epoch: Int64
    package var status: OrderStatus
    /// Why the seats of a PAID order were rejected, if they were.
    package var reason: String?
    /// Whether the holds are pinned and the answer is stored.
    package var isAccepted: Bool
    package var traceparent: String?
    /// What is left until the payment deadline, in milliseconds; nil before PAYING.
    package var paymentRemaining: Int64?
    /// The moment to which this worker has claimed the order, in milliseconds since 1970 by MySQL's clock.
    ///
    /// It fences: a worker whose claim
    /// has lapsed and was taken by another changes nothing any more.
    package var claim: Int64

    /// The message that tells the reservation service.
    package func message(_ type: OrderEvent.Kind) -> OrderEvent {
        OrderEvent(
            type: type,
            orderId: id,
            userId: user,
            eventId: event,
            seatIds: seats,
            amount: amount,
            epoch: epoch
        )
    }
}
