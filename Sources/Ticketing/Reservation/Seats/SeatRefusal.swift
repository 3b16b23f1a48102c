import Contract
import ServiceKit

/// A script's refusal: nothing was changed, except that leases which were due have ended.
package struct SeatRefusal: Error, Sendable, Equatable, CustomStringConvertible {
    /// What the script found.
    package enum Reason: String, Sendable, CaseIterable {
        /// The seat is held by another.
        case conflict = "CONFLICT"
        /// There is no hold, or it has lapsed.
        case gone = "GONE"
        /// The hold is somebody else's.
        case notHolder = "NOT_HOLDER"
        /// The hold belongs to an order.
        case pinned = "PINNED"
        /// The hold belongs to no order yet.
        case notPinned = "NOT_PINNED"
        /// The seat is sold.
        case sold = "SOLD"
        /// The event has no such seat.
        case unknown = "UNKNOWN"
        /// The event is in another generation than the caller believes, or Redis has lost it.
        case epoch = "EPOCH"
    }

    package let reason: Reason
    /// The seat that is to blame, when several were asked for.
    package let seat: String?

    /// Makes a refusal.
    package init(_ reason: Reason, seat: String? = nil) {
        self.reason = reason
        self.seat = seat
    }

    package var description: String {
        seat.map { "\(reason.rawValue) (seat \($0))" } ?? reason.rawValue
    }

    /// The contract's answer.
    package var serviceError: ServiceError {
        let what = seat.map { "seat \($0)" } ?? "the seat"
        switch reason {
        case .conflict: return ServiceError(.reservationConflict, "\(what) is held by another")
        case .gone: return ServiceError(.holdExpired, "there is no hold on \(what) any more")
        case .notHolder: return ServiceError(.notHolder, "the hold on \(what) belongs to someone else")
        case .pinned: return ServiceError(.reservationConflict, "the hold on \(what) belongs to an order by now")
        case .notPinned: return ServiceError(.reservationConflict, "the hold on \(what) does not belong to the order")
        case .sold: return ServiceError(.reservationConflict, "\(what) is sold")
        case .unknown: return ServiceError(.notFound, "the event has no such seat" + (seat.map { ": \($0)" } ?? ""))
        case .epoch:
            return ServiceError(
                .upstreamUnavailable,
                "the event's seats are being restored; try again shortly",
                retryAfter: 1
            )
        }
    }
}
