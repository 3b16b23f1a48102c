import Contract
import Hummingbird
import NIOCore
import ServiceKit

/// The order service's routes.
package struct OrderRoutes: Sendable {
    private let store: OrderStore
    private let acceptance: OrderAcceptance

    /// Answers from `store`, accepting through `acceptance`.
    package init(store: OrderStore, acceptance: OrderAcceptance) {
        self.store = store
        self.acceptance = acceptance
    }

    /// Adds the routes to `router`.
    package func add(to router: Router<ServiceContext>) {
        router.post("api/orders") { request, context in try await create(request, context) }
        router.get("api/orders/{id}") { _, context in try await order(context) }
    }

    private func create(_ request: Request, _ context: ServiceContext) async throws -> Response {
        let caller = try context.require(.orderWrite)
        let key = try IdempotencyKey(user: caller.user, header: request.headers[.idempotencyKey])
        let body = try await request.decodeBody(CreateOrderRequest.self, context: context)
        try body.validate()
        let latest = ContinuousClock.now + OrderAcceptance.patience
        let answer = try await acceptance.accept(
            body,
            key: key,
            trace: OrderTrace(context.trace),
            deadline: min(context.deadline ?? latest, latest)
        )
        switch answer {
        case .created(let response): return jsonResponse(.created, bytes: ByteBuffer(string: response))
        case .repeated(let response): return jsonResponse(.ok, bytes: ByteBuffer(string: response))
        }
    }

    private func order(_ context: ServiceContext) async throws -> Response {
        let caller = try context.requireCaller()
        let id = try context.pathParameter("id")
        let found: (owner: String, body: OrderBody)?
        do {
            found = try await store.find(order: id)
        } catch {
            throw ServiceError.upstream("MySQL", error)
        }
        guard let found else { throw ServiceError(.notFound, "there is no order \"\(id)\"") }
        guard found.owner == caller.user || caller.may(.admin) else {
            throw ServiceError(.forbidden, "order \"\(id)\" belongs to another user")
        }
        return try jsonResponse(.ok, found.body)
    }
}
