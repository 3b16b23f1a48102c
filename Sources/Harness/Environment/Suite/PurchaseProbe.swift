import Contract
import Foundation
import Scenario

/// Buys one seat after the other, end to end, in an event of its own: whether the suite does what it is there for.
package actor PurchaseProbe {
    private static let event = EventTemplate(
        name: "steady-state",
        rows: 20,
        columns: 50,
        price: 100,
        copies: 1,
        position: SourcePosition(line: 1, column: 1)
    )
    private static let pause = Duration.milliseconds(50)

    private let gateway: String
    private let tokens: TokenMinter?
    private let eventID: String
    private var seats: [String]
    private let nonce = RandomSecret.hexadecimal(bytes: 4)

    private init(gateway: String, tokens: TokenMinter?, event: SeededEvent) {
        self.gateway = gateway
        self.tokens = tokens
        eventID = event.id
        seats = event.seats.reversed()
    }

    /// Makes its event.
    package static func make(gateway: String, tokens: TokenMinter?) async throws -> PurchaseProbe {
        let seeded = try await EventSeeder(gateway: gateway, tokens: tokens).seed([event])
        guard let event = seeded.first else {
            throw EnvironmentError("seed the steady state's event", "nothing was made")
        }
        return PurchaseProbe(gateway: gateway, tokens: tokens, event: event)
    }

    /// Holds a seat, orders it, and waits until the order is confirmed.
    ///
    /// - Returns: how long it took.
    /// - Throws: ``EnvironmentError`` saying how far it came, when it has not succeeded within `limit`.
    package func purchase(within limit: Duration) async throws -> Duration {
        let began = ContinuousClock.now
        guard let seat = seats.popLast() else { throw EnvironmentError("buy a seat", "the probe's event is sold out") }
        let user = "steady-state-\(nonce)-\(seats.count)"
        let caller = JSONCaller(base: gateway, token: tokens?.token(user: user), timeout: limit)
        let hold = HoldRequest(eventId: eventID, seatId: seat, holdSeconds: 60)
        _ = try await caller.post("\(ServiceName.reservation.gatewayPrefix)/api/reservations", hold, expecting: 201)
        let orders = "\(ServiceName.order.gatewayPrefix)/api/orders"
        let request = CreateOrderRequest(eventId: eventID, seatIds: [seat])
        let answer = try await caller.post(orders, request, ["Idempotency-Key": user], expecting: 201)
        var order = try JSONDecoder().decode(OrderBody.self, from: answer)
        while order.status != .confirmed {
            guard order.status != .cancelled, order.status != .refunded, ContinuousClock.now - began < limit else {
                throw EnvironmentError("buy a seat", "after \(limit) its order is \(order.status.rawValue)")
            }
            try await Task.sleep(for: Self.pause)
            let body = try await caller.get("\(orders)/\(order.orderId)", expecting: 200)
            order = try JSONDecoder().decode(OrderBody.self, from: body)
        }
        return ContinuousClock.now - began
    }

    /// Tries until a purchase succeeds, or `patience` is over.
    package func purchaseEventually(within limit: Duration, patience: Duration) async throws -> Duration {
        let deadline = ContinuousClock.now + patience
        while true {
            do { return try await purchase(within: limit) } catch {
                guard ContinuousClock.now < deadline else { throw error }
                try await Task.sleep(for: Self.pause)
            }
        }
    }
}
