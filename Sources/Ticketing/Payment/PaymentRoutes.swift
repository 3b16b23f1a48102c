import Contract
import HTTPTypes
import Hummingbird
import Logging
import NIOCore
import Observability
import ServiceKit

/// The payment service's routes.
///
/// Each attempt is in MySQL before its answer is sent; a wait holds no connection to MySQL.
package struct PaymentRoutes: Sendable {
    private let store: PaymentStore
    private let faults: FaultSwitch
    private let logger: Logger
    private let waiting = WaitingRoom(limit: 10_000)

    /// Answers from `store`, misbehaving as `faults` says.
    package init(store: PaymentStore, faults: FaultSwitch, logger: Logger) {
        self.store = store
        self.faults = faults
        self.logger = logger
    }

    /// Adds the routes to `router`.
    package func add(to router: Router<ServiceContext>) {
        router.post("api/payments/authorize") { request, context in try await authorize(request, context) }
        router.get("api/payments/{orderId}") { _, context in try await payment(context) }
        router.post("api/payments/{orderId}/refund") { _, context in try await refund(context) }
        router.get("api/admin/faults") { _, context in try reportFaults(context) }
        router.put("api/admin/faults") { request, context in try await installFaults(request, context) }
        router.delete("api/admin/faults") { _, context in try clearFaults(context) }
    }

    private func authorize(_ request: Request, _ context: ServiceContext) async throws -> Response {
        _ = try context.require(.paymentAuthorize)
        let body = try await request.decodeBody(AuthorizeRequest.self, context: context)
        let order = try validOrderID(body.orderId)
        let amount = body.amount ?? 0
        guard amount >= 0 else {
            throw ServiceError(.validationFailed, "amount: must be 0 or more, is \(amount)")
        }
        let decision = faults.decide()
        try await wait(decision.delayMilliseconds)
        let trace = context.trace.traceID
        switch decision.fate {
        case .error:
            try await upstream {
                try await store.recordBroken(order: order, amount: amount, outcome: "error", trace: trace)
            }
            throw ServiceError(.internal, "the payment provider failed (an injected fault); nothing was charged")
        case .hang:
            try await upstream {
                try await store.recordBroken(order: order, amount: amount, outcome: "hang", trace: trace)
            }
            return await hangUp(context, after: .seconds(30))
        case .success, .fail, .dropReply:
            let declined = decision.fate == .fail
            let answer = try await upstream {
                try await Tracer.shared.inSpan("MySQL authorize", .client, attributes: MySQLSpan.attributes) {
                    try await store.authorize(order: order, amount: amount, declined: declined, trace: trace)
                }
            }
            guard decision.fate == .dropReply else { return try jsonResponse(.ok, answer) }
            return await hangUp(context, after: .zero)
        }
    }

    private func payment(_ context: ServiceContext) async throws -> Response {
        _ = try context.requireCaller()
        let order = try validOrderID(context.pathParameter("orderId"))
        guard let payment = try await upstream({ try await store.payment(order: order) }) else {
            throw ServiceError(.notFound, "no payment of order \(order) is known")
        }
        return try jsonResponse(.ok, payment)
    }

    private func refund(_ context: ServiceContext) async throws -> Response {
        _ = try context.require(.paymentAuthorize)
        let order = try validOrderID(context.pathParameter("orderId"))
        let trace = context.trace.traceID
        return try jsonResponse(.ok, try await upstream { try await store.refund(order: order, trace: trace) })
    }

    private func reportFaults(_ context: ServiceContext) throws -> Response {
        _ = try context.require(.admin)
        return try jsonResponse(.ok, faults.report())
    }

    private func installFaults(_ request: Request, _ context: ServiceContext) async throws -> Response {
        _ = try context.require(.admin)
        let asked = try await request.decodeBody(PaymentFaults.self, context: context)
        let plan: FaultPlan
        do throws(InvalidFault) {
            plan = try FaultPlan(asked)
        } catch {
            throw ServiceError(.validationFailed, error.description)
        }
        logger.info("payment faults in force", metadata: ["seconds": "\(plan.ttlSeconds)"])
        return try jsonResponse(.ok, faults.install(plan))
    }

    private func clearFaults(_ context: ServiceContext) throws -> Response {
        _ = try context.require(.admin)
        return try jsonResponse(.ok, faults.clear())
    }

    private func validOrderID(_ order: String) throws -> String {
        guard (1...64).contains(order.utf8.count) else {
            throw ServiceError(.validationFailed, "orderId: must have 1…64 characters, has \(order.utf8.count)")
        }
        return order
    }

    private func wait(_ milliseconds: Double) async throws {
        guard milliseconds > 0 else { return }
        guard waiting.enter() else {
            throw ServiceError(
                .upstreamUnavailable,
                "\(waiting.limit) delayed authorizations wait already; try again later",
                retryAfter: 1
            )
        }
        defer { waiting.leave() }
        do {
            try await Task.sleep(for: .milliseconds(milliseconds))
        } catch {
            throw ServiceError(
                .upstreamUnavailable,
                "the payment service stopped before it charged; ask again",
                retryAfter: 1
            )
        }
    }

    /// Closes the connection without an answer: at once, or when the caller has gone, at the latest after `limit`.
    private func hangUp(_ context: ServiceContext, after limit: Duration) async -> Response {
        let channel = context.channel
        if limit > .zero, waiting.enter() {
            let timer = channel.eventLoop.scheduleTask(in: TimeAmount(limit)) {
                channel.close(promise: nil)
            }
            try? await channel.closeFuture.get()
            timer.cancel()
            waiting.leave()
        } else {
            try? await channel.close()
        }
        // Written to a closed channel, so nobody sees it.
        return Response(status: .internalServerError)
    }

    private func upstream<Answer>(_ body: () async throws -> Answer) async throws -> Answer {
        do {
            return try await body()
        } catch {
            throw ServiceError.upstream("MySQL", error)
        }
    }
}
