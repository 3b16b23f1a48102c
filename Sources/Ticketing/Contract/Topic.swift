/// The Kafka topics.
///
/// The key of every message is the order's id.
package enum Topic {
    /// From the order service: ``OrderEvent``.
    package static let orderEvents = "order.events"
    /// From the reservation service: ``ReservationEvent``.
    package static let reservationEvents = "reservation.events"
    /// Both, for those who read everything.
    package static let all = [orderEvents, reservationEvents]
    /// Partitions of each topic in the embedded broker.
    package static let partitions = 4
}

/// The consumer groups; also their names in the table `consumed`.
package enum ConsumerGroup {
    /// Of ``Topic/orderEvents``.
    package static let reservation = "reservation"
    /// Of ``Topic/reservationEvents``.
    package static let order = "order"
}

/// Headers of every message.
package enum MessageHeader {
    package static let traceparent = "traceparent"
    /// The row's id in the sender's outbox, unique with the topic: what a consumer remembers in `consumed`.
    package static let messageID = "message-id"
}

/// A message of ``Topic/orderEvents``.
package struct OrderEvent: Codable, Sendable, Equatable {
    package enum Kind: String, Codable, Sendable {
        case paid = "ORDER_PAID"
        case cancelled = "ORDER_CANCELLED"
    }
    package var type: Kind
    package var orderId: String
    package var userId: String
    package var eventId: String
    package var seatIds: [String]
    package var amount: Int64
    /// The event's epoch when the order was accepted; messages from before the event's last reset are refused.
    package var epoch: Int64

    package init(
        type: Kind,
        orderId: String,
        userId: String,
        eventId: String,
        seatIds: [String],
        amount: Int64,
        epoch: Int64
    ) {
        self.type = type
        self.orderId = orderId
        self.userId = userId
        self.eventId = eventId
        self.seatIds = seatIds
        self.amount = amount
        self.epoch = epoch
    }
}

/// A message of ``Topic/reservationEvents``.
package struct ReservationEvent: Codable, Sendable, Equatable {
    package enum Kind: String, Codable, Sendable {
        case confirmed = "SEATS_CONFIRMED"
        case rejected = "SEATS_REJECTED"
        case released = "SEATS_RELEASED"
    }
    package var type: Kind
    package var orderId: String
    package var eventId: String
    package var seatIds: [String]
    /// Why the seats were rejected; absent otherwise.
    package var reason: String?

    package init(type: Kind, orderId: String, eventId: String, seatIds: [String], reason: String? = nil) {
        self.type = type
        self.orderId = orderId
        self.eventId = eventId
        self.seatIds = seatIds
        self.reason = reason
    }
}
