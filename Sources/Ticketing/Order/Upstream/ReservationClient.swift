import Contract
import ServiceKit

/// What came of asking the reservation service to pin an order's holds.
package enum PinOutcome: Sendable, Equatable {
    case pinned
    /// No seat is pinned to the order; the error is for the caller.
    case refused(ServiceError)
    /// The request certainly reached nobody.
    case notExecuted
    /// Anything may have happened, or may happen yet. Pinning is idempotent by order, so ask again.
    case unknown
}

/// The reservation service, as far as orders need it.
package struct ReservationClient: Sendable {
    private let client: ServiceClient

    /// Calls through `client`.
    package init(client: ServiceClient) { self.client = client }

    /// Makes the caller's holds the order's, all or none.
    package func pin(_ request: PinRequest, timeout: Duration) async -> PinOutcome {
        do throws(ServiceCallError) {
            let reply = try await client.post(
                "/api/reservations/pin",
                request,
                as: PinBody.self,
                timeout: timeout,
                isIdempotent: true
            )
            return Self.outcome(status: reply.status, error: reply.error)
        } catch {
            return error.outcome == .notExecuted ? .notExecuted : .unknown
        }
    }

    /// What a reply's status says about the pin.
    package static func outcome(status: Int, error: ErrorBody?) -> PinOutcome {
        let message = error?.message ?? "the reservation service refused with \(status)"
        switch status {
        case 200..<300: return .pinned
        case 409: return .refused(ServiceError(.reservationConflict, message))
        case 410: return .refused(ServiceError(.holdExpired, message))
        case 403 where error?.code == ErrorCode.notHolder.rawValue:
            // The contract's answers to a refused order are 409 and 410: a seat that another holds is a conflict.
            return .refused(ServiceError(.reservationConflict, message))
        case 404: return .refused(ServiceError(.notFound, message))
        case 400..<500:
            // Not the caller's mistake: this service's token or request is not what the other one wants.
            let text = "the reservation service does not accept this service's request (\(status))"
            return .refused(ServiceError(.upstreamUnavailable, text, retryAfter: 5))
        default: return .unknown
        }
    }
}
