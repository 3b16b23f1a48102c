/// `POST /api/reservations`.
package struct HoldRequest: Codable, Sendable, Equatable {
    package var eventId: String
    package var seatId: String
    /// 1…600.
    package var holdSeconds: Int

    package init(eventId: String, seatId: String, holdSeconds: Int) {
        self.eventId = eventId
        self.seatId = seatId
        self.holdSeconds = holdSeconds
    }
}

/// 201 of `POST /api/reservations`.
package struct HoldBody: Codable, Sendable, Equatable {
    package var eventId: String
    package var seatId: String
    package var holdToken: String
    package var holdSeconds: Int
    /// ISO-8601, UTC, milliseconds, by Redis' clock.
    package var expiresAt: String
    package var version: Int64
    package var traceId: String

    package init(
        eventId: String,
        seatId: String,
        holdToken: String,
        holdSeconds: Int,
        expiresAt: String,
        version: Int64,
        traceId: String
    ) {
        self.eventId = eventId
        self.seatId = seatId
        self.holdToken = holdToken
        self.holdSeconds = holdSeconds
        self.expiresAt = expiresAt
        self.version = version
        self.traceId = traceId
    }
}

/// `POST /api/reservations/{eventId}/{seatId}/extend`.
package struct ExtendRequest: Codable, Sendable, Equatable {
    /// 1…600; the hold then ends that long from now.
    package var seconds: Int

    package init(seconds: Int) { self.seconds = seconds }
}

/// 200 of `extend`.
package struct ExtendBody: Codable, Sendable, Equatable {
    package var expiresAt: String
    package var version: Int64

    package init(expiresAt: String, version: Int64) {
        self.expiresAt = expiresAt
        self.version = version
    }
}

/// `POST /api/reservations/{eventId}/{seatId}/confirm`; without an order it is a box-office sale.
package struct ConfirmRequest: Codable, Sendable, Equatable {
    package var orderId: String?

    package init(orderId: String?) { self.orderId = orderId }
}

/// 200 of `confirm`.
package struct ConfirmBody: Codable, Sendable, Equatable {
    package var version: Int64

    package init(version: Int64) { self.version = version }
}

/// `POST /api/reservations/pin`.
package struct PinRequest: Codable, Sendable, Equatable {
    package var orderId: String
    package var userId: String
    package var eventId: String
    package var seatIds: [String]

    package init(orderId: String, userId: String, eventId: String, seatIds: [String]) {
        self.orderId = orderId
        self.userId = userId
        self.eventId = eventId
        self.seatIds = seatIds
    }
}

/// 200 of `pin`.
package struct PinBody: Codable, Sendable, Equatable {
    package var expiresAt: String

    package init(expiresAt: String) { self.expiresAt = expiresAt }
}
