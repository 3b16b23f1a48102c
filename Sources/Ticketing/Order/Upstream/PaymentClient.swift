import Contract
import Logging
import ServiceKit

/// The payment service, as the saga sees it: answers, or an unknown outcome.
///
/// It never throws, because a failed call is an event.
package struct PaymentClient: Sendable {
    private let client: ServiceClient
    private let logger: Logger
    /// For each call.
    private static let timeout = Duration.seconds(2)

    /// Calls through `client`.
    package init(client: ServiceClient, logger: Logger) {
        self.client = client
        self.logger = logger
    }

    /// Asks for the charge; idempotent by order.
    package func authorize(order: String, amount: Int64) async -> SagaEvent.PaymentAnswer {
        let request = AuthorizeRequest(orderId: order, amount: amount)
        do throws(ServiceCallError) {
            let reply = try await client.post(
                "/api/payments/authorize",
                request,
                as: PaymentBody.self,
                timeout: Self.timeout,
                isIdempotent: true
            )
            guard let body = reply.body else {
                log("authorize", order, "answered \(reply.status)")
                return .unknown
            }
            return Self.answer(body)
        } catch {
            log("authorize", order, error.message)
            // Nobody was reached, so there is nothing to ask about: authorize again.
            return error.outcome == .notExecuted ? .absent : .unknown
        }
    }

    /// Asks what is known of the charge.
    package func ask(order: String) async -> SagaEvent.PaymentAnswer {
        do throws(ServiceCallError) {
            let reply = try await client.get("/api/payments/\(order)", as: PaymentBody.self, timeout: Self.timeout)
            if let body = reply.body { return Self.answer(body) }
            if reply.status == 404, reply.error?.code == ErrorCode.notFound.rawValue { return .absent }
            log("ask", order, "answered \(reply.status)")
            return .unknown
        } catch {
            log("ask", order, error.message)
            return .unknown
        }
    }

    /// Asks for the charge back, or for a tombstone where there is none; idempotent by order.
    package func refund(order: String) async -> SagaEvent.RefundAnswer {
        do throws(ServiceCallError) {
            let reply = try await client.post(
                "/api/payments/\(order)/refund",
                [String: String](),
                as: RefundBody.self,
                timeout: Self.timeout,
                isIdempotent: true
            )
            switch reply.body?.result {
            case .refunded: return .refunded
            case .neverCharged: return .neverCharged
            case nil:
                log("refund", order, "answered \(reply.status)")
                return .unknown
            }
        } catch {
            log("refund", order, error.message)
            return .unknown
        }
    }

    /// What payment's body says.
    package static func answer(_ body: PaymentBody) -> SagaEvent.PaymentAnswer {
        if body.refunded == true { return .refunded }
        switch body.status {
        case .success: return .success
        case .fail: return .fail
        }
    }

    private func log(_ call: String, _ order: String, _ what: String) {
        logger.info(
            "payment's outcome is unknown",
            metadata: ["call": "\(call)", "order": "\(order)", "what": "\(what)"]
        )
    }
}
