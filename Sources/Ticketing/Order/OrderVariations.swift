import Contract
import MySQLClient
import ServiceKit

/// Puts an order's message into the outbox, on the connection and within the transaction that settles the order.
package typealias OrderAnnouncement = @Sendable (MySQLConnection, OrderEvent, _ traceparent: String?) throws -> Void

/// What a saga does, given what happened and what its ``Saga`` has decided about it.
package typealias SagaDecision = @Sendable (SagaEvent, SagaAction) -> SagaAction

/// Whether a request is the one to which its key belongs.
package typealias RequestComparison = @Sendable (KeyedAnswer, CreateOrderRequest) -> Bool

/// What a build with a seeded bug changes of the order service alone; nothing in any other build.
///
/// See `TicketingVariations`.
package struct OrderVariations: Sendable {
    /// How an order's message gets into the outbox.
    package var announce: OrderAnnouncement = { connection, event, traceparent in
        try Outbox.add(
            on: connection,
            topic: Topic.orderEvents,
            key: event.orderId,
            message: event,
            traceparent: traceparent
        )
    }
    /// When a request is taken for the first one with its key.
    package var isSame: RequestComparison = { $0.requestHash == $1.canonicalHash }
    /// What becomes of a saga's decisions; nothing is changed when left out.
    package var decide: SagaDecision?

    /// The service as it is.
    package init() {}

    /// The service as it is.
    package static let none = OrderVariations()

    /// What the commands of this process are to run.
    @TaskLocal package static var current = OrderVariations.none
}
