import Linearizability

/// Something a client did to a seat, and what he was told.
package struct ClientSeatCall: Codable, Sendable {
    package var seat: SeatID
    package var user: String
    package var action: SeatModel.Operation.Action
    package var outcome: SeatModel.Operation.Outcome
    /// Nobody knows whether it happened.
    package var isOptional: Bool
    /// Microseconds since 1970 by this process' wall clock.
    package var invoke: Int64
    package var `return`: Int64
    /// How long a lease was asked for, in microseconds.
    package var ttl: Int64?
    /// Until when a lease was granted, in microseconds by Redis' clock.
    package var deadline: Int64?
    package var version: Int64?
    /// The history's index.
    package var index: Int
    package var fact: SeatFact

    /// The call with its interval by Redis' clock, widened by the error with which that clock is known.
    func moved(by clock: RedisEvidence?) -> ClientSeatCall {
        guard let clock else { return self }
        var call = self
        (call.invoke, call.return) = clock.widened(invoke, self.return)
        call.fact.from = call.invoke
        call.fact.to = call.return
        return call
    }

    /// It changed the seat, as far as the client knows.
    var isChange: Bool { outcome == .ok && !isOptional }

    /// What the seats' log has at `time`, in milliseconds by Redis' clock, may be it.
    func mayHaveHappened(at time: Int64) -> Bool {
        invoke - SeatHistory.epsilon <= (time + 1) * 1000 && time * 1000 <= self.return + SeatHistory.epsilon
    }

    /// It begins a lease, if it happened.
    var isLease: Bool { outcome == .ok && (action == .hold || action == .extend) }
}

/// An order, or a sale at the box office, that a client asked for: what came of it for the seats is in the seats' log only.
package struct ClientSeatOrder: Codable, Sendable {
    package var seats: [SeatID]
    package var user: String
    /// Microseconds since 1970 by this process' wall clock.
    package var invoke: Int64
    package var `return`: Int64
    /// What the order was answered with, 0 where there was no answer; nil for a sale at the box office.
    package var status: Int?
    /// The history's index.
    package var index: Int

    /// It was refused for its seats: 409 and 410 are the contract's words for them, 403 is said of the caller's scopes.
    var isRefused: Bool { status == 409 || status == 410 }

    /// The order with its interval by Redis' clock, as ``ClientSeatCall/moved(by:)``.
    func moved(by clock: RedisEvidence?) -> ClientSeatOrder {
        guard let clock else { return self }
        var order = self
        (order.invoke, order.return) = clock.widened(invoke, self.return)
        return order
    }
}

extension RedisEvidence {
    /// An interval of this process' wall clock, in microseconds, by Redis' clock, as surely as that is known.
    fileprivate func widened(_ from: Int64, _ to: Int64) -> (Int64, Int64) {
        (from + Int64((clockOffset - clockError) * 1000), to + Int64((clockOffset + clockError) * 1000))
    }
}
