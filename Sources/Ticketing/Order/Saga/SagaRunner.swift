import Contract
import Logging
import Observability
import ServiceKit
import Synchronization

/// Performs what one order's ``Saga`` decides.
///
/// It only does I/O; what to do is the saga's.
struct SagaRunner: Sendable {
    let store: OrderStore
    let payment: PaymentClient
    let decide: SagaDecision?
    let metrics: SagaMetrics
    let logger: Logger
    /// Called after a commit that added an outbox row.
    let committed: @Sendable () -> Void
    /// Whether the process is stopping.
    let isStopping: @Sendable () -> Bool

    /// A claim is prolonged before a call when it is older than this: longer than a call may take is always left of it.
    private static let renewAfter = Duration.seconds(5)

    /// Runs the order as far as a worker can.
    ///
    /// What fails on the way is left to the sweeper: the claim lapses, and every step is idempotent.
    func run(_ order: OrderRecord) async {
        let trace = order.traceparent.flatMap { TraceContext(traceparent: $0) }?.child() ?? .fresh()
        let span = Tracer.shared.begin(
            "saga",
            .internal,
            as: trace,
            attributes: [
                SpanAttribute("order.id", order.id), SpanAttribute("order.status", order.status.rawValue),
            ]
        )
        await TraceContext.$current.withValue(trace) {
            do {
                try await drive(order, trace)
                span?.end()
            } catch {
                span?.end(.failed(error))
                logger.warning(
                    "a saga was interrupted; the sweeper takes it up again",
                    metadata: ["order": "\(order.id)", "traceId": "\(trace.traceID)", "error": "\(error)"]
                )
            }
        }
    }

    private func drive(_ found: OrderRecord, _ trace: TraceContext) async throws {
        let origin = ContinuousClock.now
        var order = found
        var claimed = origin
        var generator = SystemRandomNumberGenerator()
        var saga = Saga(rejection: order.reason)
        var action = saga.handle(.start(Self.state(of: order)), now: .zero, using: &generator)
        while true {
            let step: SagaStep
            switch action {
            case .leave:
                return try await store.release(order)
            case .settle(let status, let reason):
                return try await settle(order, status, reason, trace)
            case .pause(let duration, let next):
                guard !isStopping() else { return try await store.release(order) }
                try await Task.sleep(for: duration)
                step = next
            case .perform(let next):
                step = next
            }
            if step != .begin, claimed.duration(to: .now) > Self.renewAfter {
                guard let claim = try await store.renew(order) else { return }
                order.claim = claim
                claimed = .now
            }
            let event: SagaEvent
            switch step {
            case .begin:
                let found = order
                let begun = try await Tracer.shared.inSpan(
                    "MySQL begin payment",
                    .client,
                    attributes: MySQLSpan.attributes
                ) {
                    try await store.begin(found)
                }
                guard let begun else { return }
                order = begun
                claimed = .now
                event = .begun(deadline: Self.deadline(of: order, since: origin))
            case .authorize: event = .payment(await payment.authorize(order: order.id, amount: order.amount))
            case .ask: event = .payment(await payment.ask(order: order.id))
            case .refund: event = .refund(await payment.refund(order: order.id))
            }
            action = saga.handle(event, now: origin.duration(to: .now), using: &generator)
            if let decide { action = decide(event, action) }
        }
    }

    private func settle(
        _ order: OrderRecord,
        _ status: OrderStatus,
        _ reason: String?,
        _ trace: TraceContext
    ) async throws {
        let isOurs = try await Tracer.shared.inSpan("MySQL settle order", .client, attributes: MySQLSpan.attributes) {
            try await store.settle(order, as: status, reason: reason, traceparent: trace.traceparent)
        }
        guard isOurs else { return }
        committed()
        if status.isFinal { metrics.ended(status, after: try? await store.age(of: order.id)) }
        logger.debug(
            "a saga went on",
            metadata: ["order": "\(order.id)", "status": "\(status.rawValue)", "traceId": "\(trace.traceID)"]
        )
    }

    /// How the saga is told what was found; the deadline counts from now, which is the scale's zero.
    private static func state(of order: OrderRecord) -> SagaEvent.Found {
        switch order.status {
        case .created: .created(accepted: order.isAccepted)
        case .paying: .paying(deadline: .milliseconds(order.paymentRemaining ?? 0))
        case .paid where order.reason != nil: .rejected
        default: .settled
        }
    }

    private static func deadline(of order: OrderRecord, since origin: ContinuousClock.Instant) -> Duration {
        origin.duration(to: .now) + .milliseconds(order.paymentRemaining ?? 0)
    }
}
