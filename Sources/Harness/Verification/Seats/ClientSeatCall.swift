import Linearizability

/// Something a client did to a seat, and what he was told.
package struct ClientSeatCall: Sendable {
    package var seat: SeatID
    package var user: String
    package var action: SeatModel.Operation.Action
    package var outcome: SeatModel.Operation.Outcome
    /// Nobody knows whether it happened.
    package var isOptional: Bool
    /// Microseconds since 1970 by Redis' clock, widened by the clock's error.
    package var invoke: Int64
    package var `return`: Int64
    /// How long a lease was asked for, in microseconds.
    package var ttl: Int64?
    /// Until when a lease was granted, in microseconds by Redis' clock.
    package var deadline: Int64?
    package var version: Int64?
    package var order = ""
    /// The history's index.
    package var index: Int
    package var fact: SeatFact

    /// It changed the seat, as far as the client knows.
    var isChange: Bool { outcome == .ok && !isOptional }

    /// It begins a lease, if it happened.
    var isLease: Bool { outcome == .ok && (action == .hold || action == .extend) }
}
