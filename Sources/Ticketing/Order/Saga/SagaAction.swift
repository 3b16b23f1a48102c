import Contract

/// A call that a saga wants made.
package enum SagaStep: Sendable, Equatable {
    /// Commit CREATED → PAYING with the payment deadline.
    case begin
    /// Ask payment to charge; idempotent by order.
    case authorize
    /// Ask payment what it knows.
    case ask
    /// Ask payment to give the charge back, or to never make it.
    case refund
}

/// What a saga wants done next.
package enum SagaAction: Sendable, Equatable {
    case perform(SagaStep)
    /// Wait, then perform.
    case pause(Duration, then: SagaStep)
    /// Commit the status with its outbox row; the worker's part is over.
    case settle(OrderStatus, reason: String?)
    /// Nothing is to be done.
    case leave
}

/// Why an order ended as it did, for its `reason`.
package enum SagaReason {
    package static let notAccepted = "the order was not accepted in time"
    package static let declined = "payment declined"
    package static let unknownPayment = "payment outcome unknown at its deadline"
    package static let seatsRejected = "seats could not be confirmed"
}
