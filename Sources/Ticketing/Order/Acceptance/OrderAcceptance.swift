import Contract
import Foundation
import Logging
import Observability
import ServiceKit

/// Accepts orders: one key, one order, whatever is lost on the way.
///
/// The row is committed first, then the holds are pinned to it, then the answer is stored, and only then the caller learns of it.
/// A process that dies in between leaves a CREATED row without an answer, which the sweeper cancels, pins and all.
package struct OrderAcceptance: Sendable {
    /// What a caller is told.
    package enum Answer: Sendable, Equatable {
        /// 201, with these bytes.
        case created(String)
        /// 200, with the bytes of the first answer.
        case repeated(String)
    }

    /// The longest that a caller waits, when it says nothing; well below the age at which a sweep cancels what was not accepted.
    package static let patience = Duration.seconds(5)
    private static let pinTimeout = Duration.seconds(2)

    private let store: OrderStore
    private let reservation: ReservationClient
    private let inFlight = InFlightKeys()
    private let isSame: RequestComparison
    private let logger: Logger
    private let accepted: @Sendable (OrderRecord) -> Void

    /// Makes an acceptance.
    ///
    /// - Parameters:
    ///   - store: Where orders are kept.
    ///   - reservation: Who pins the holds.
    ///   - isSame: Whether a request is the one to which its key belongs.
    ///   - logger: For what belongs to no request.
    ///   - accepted: Takes each accepted order, already claimed, to its saga.
    package init(
        store: OrderStore,
        reservation: ReservationClient,
        isSame: @escaping RequestComparison = OrderVariations.none.isSame,
        logger: Logger,
        accepted: @escaping @Sendable (OrderRecord) -> Void
    ) {
        self.store = store
        self.reservation = reservation
        self.isSame = isSame
        self.logger = logger
        self.accepted = accepted
    }

    /// Accepts the order, or answers as the first request with the key was answered.
    package func accept(
        _ request: CreateOrderRequest,
        key: IdempotencyKey,
        trace: OrderTrace,
        deadline: ContinuousClock.Instant
    ) async throws -> Answer {
        while true {
            switch inFlight.enter(key) {
            case .first:
                defer { inFlight.leave(key) }
                return try await acceptFirst(request, key, trace, deadline)
            case .after(let turn):
                try await wait(for: turn, until: deadline)
                // All who waited read at the same time; only if the first was refused one of them takes its place.
                if let answer = try await mysql({ try await store.answer(key) }), answer.response != nil {
                    return try repeated(answer, request)
                }
            }
        }
    }

    private func acceptFirst(
        _ request: CreateOrderRequest,
        _ key: IdempotencyKey,
        _ trace: OrderTrace,
        _ deadline: ContinuousClock.Instant
    ) async throws -> Answer {
        var backoff = Backoff(base: .milliseconds(10), cap: .milliseconds(250))
        while true {
            let inserted = try await mysql {
                try await Tracer.shared.inSpan("MySQL insert order", .client, attributes: MySQLSpan.attributes) {
                    try await store.insert(request, key: key, traceID: trace.id, traceparent: trace.parent)
                }
            }
            switch inserted {
            case .inserted(let order):
                return try await complete(order, key, trace, deadline)
            case .existing(let answer) where answer.response != nil:
                return try repeated(answer, request)
            case .existing:
                // Another process works on it, or died doing so; then the sweeper frees the key.
                try await pause(backoff.next(), until: deadline) {
                    ServiceError(
                        .upstreamUnavailable,
                        "another request with this \(Header.idempotencyKey) is still being worked on; try again",
                        retryAfter: 1
                    )
                }
            }
        }
    }

    private func complete(
        _ order: NewOrder,
        _ key: IdempotencyKey,
        _ trace: OrderTrace,
        _ deadline: ContinuousClock.Instant
    ) async throws -> Answer {
        try await pin(order, key, deadline)
        let response = String(decoding: try JSONCoding.encoder.encode(order.body), as: UTF8.self)
        guard let claim = try await keep(response, of: order, until: deadline) else {
            throw ServiceError(.timeout, "order \(order.id) was cancelled before it could be accepted; try again")
        }
        accepted(
            OrderRecord(
                id: order.id,
                user: key.user,
                event: order.request.eventId,
                seats: order.request.seatIds,
                amount: order.amount,
                epoch: order.epoch,
                status: .created,
                reason: nil,
                isAccepted: true,
                traceparent: trace.parent,
                paymentRemaining: nil,
                claim: claim
            )
        )
        return .created(response)
    }

    /// Pins the holds, asking again while the outcome is unknown.
    private func pin(_ order: NewOrder, _ key: IdempotencyKey, _ deadline: ContinuousClock.Instant) async throws {
        let request = PinRequest(
            orderId: order.id,
            userId: key.user,
            eventId: order.request.eventId,
            seatIds: order.request.seatIds
        )
        var backoff = Backoff(base: .milliseconds(20), cap: .milliseconds(500))
        var mayBePinned = false
        while true {
            let left = ContinuousClock.now.duration(to: deadline)
            switch await reservation.pin(request, timeout: min(Self.pinTimeout, max(left, .milliseconds(1)))) {
            case .pinned: return
            case .refused(let refusal):
                // An earlier attempt may still be on its way: then the order is left to the sweeper, whose cancellation releases
                // what that attempt may pin.
                if !mayBePinned { try await mysql { try await store.remove(order: order.id) } }
                throw refusal
            case .notExecuted: break
            case .unknown: mayBePinned = true
            }
            do {
                try await pause(backoff.next(), until: deadline) {
                    mayBePinned
                        ? ServiceError(.timeout, "reservation did not answer in time; the outcome is unknown")
                        : ServiceError(.upstreamUnavailable, "reservation does not answer", retryAfter: 1)
                }
            } catch {
                if !mayBePinned { try? await store.remove(order: order.id) }
                throw error
            }
        }
    }

    /// Stores the answer.
    ///
    /// A commit whose outcome is unknown is asked about by doing it again.
    private func keep(
        _ response: String,
        of order: NewOrder,
        until deadline: ContinuousClock.Instant
    ) async throws -> Int64? {
        var backoff = Backoff(base: .milliseconds(20), cap: .milliseconds(500))
        while true {
            do {
                return try await Tracer.shared.inSpan(
                    "MySQL accept order",
                    .client,
                    attributes: MySQLSpan.attributes
                ) {
                    try await store.accept(order: order.id, response: response)
                }
            } catch {
                logger.warning(
                    "cannot store an order's answer; trying again",
                    metadata: ["order": "\(order.id)", "error": "\(error)"]
                )
                try await pause(backoff.next(), until: deadline) {
                    ServiceError(.timeout, "whether the order was accepted is unknown; ask again with the same key")
                }
            }
        }
    }

    private func repeated(_ answer: KeyedAnswer, _ request: CreateOrderRequest) throws -> Answer {
        guard isSame(answer, request), let response = answer.response else {
            throw ServiceError(.idempotencyMismatch, "this \(Header.idempotencyKey) was used with another body")
        }
        return .repeated(response)
    }

    private func wait(for turn: InFlightKeys.Turn, until deadline: ContinuousClock.Instant) async throws {
        await withTaskGroup(of: Void.self) { group in
            group.addTask { await turn.ended() }
            group.addTask { try? await Task.sleep(until: deadline, clock: .continuous) }
            await group.next()
            group.cancelAll()
        }
        guard ContinuousClock.now < deadline, !Task.isCancelled else {
            throw ServiceError(
                .upstreamUnavailable,
                "the first request with this \(Header.idempotencyKey) is still being worked on; try again",
                retryAfter: 1
            )
        }
    }

    /// Pauses, unless the deadline would pass meanwhile or the request was given up.
    private func pause(
        _ duration: Duration,
        until deadline: ContinuousClock.Instant,
        _ tooLate: () -> ServiceError
    ) async throws {
        guard ContinuousClock.now + duration < deadline, !Task.isCancelled else { throw tooLate() }
        do {
            try await Task.sleep(for: duration)
        } catch {
            throw tooLate()
        }
    }

    private func mysql<Value: Sendable>(_ body: () async throws -> Value) async throws -> Value {
        do {
            return try await body()
        } catch {
            throw ServiceError.upstream("MySQL", error)
        }
    }
}
