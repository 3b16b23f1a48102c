/// One thing that must be true of the data after a run, judged from at least two sources.
package protocol Invariant: Sendable {
    /// The stable name, as in reports: `oversell`.
    var id: String { get }
    /// What holds, as a sentence.
    var sentence: String { get }
    /// Whether the run did anything that it is about; what nobody did cannot be judged, and is no gap either.
    func isAsked(of evidence: Evidence) -> Bool
    /// Judges; never asks a service whether the service is right.
    func judge(_ evidence: Evidence) -> InvariantResult
    /// The same, for an invariant that rests on the search of the seats' histories, which others rest on as well.
    func judge(_ evidence: Evidence, _ search: SeatSearch) -> InvariantResult
}

/// What an invariant came to, and on how many facts that rests.
package struct InvariantResult: Codable, Sendable, Equatable {
    package var id: String
    package var verdict: Verdict
    /// How many facts were looked at; none is never a pass.
    package var witnesses: Int
    package var violations: [Violation]
    /// Why it is inconclusive, one sentence a reason.
    package var reasons: [String]
    /// How many facts each source gave, for those that must agree.
    package var counts: [String: Int]

    /// Combines what was found: a violation is stronger than a missing source, and no witness is inconclusive.
    package init(
        id: String,
        witnesses: Int,
        violations: [Violation] = [],
        reasons: [String] = [],
        counts: [String: Int] = [:]
    ) {
        self.id = id
        self.witnesses = witnesses
        self.violations = violations
        var reasons = reasons
        if witnesses == 0 && reasons.isEmpty && violations.isEmpty {
            reasons.append("nothing was found to judge")
        }
        self.reasons = reasons
        self.counts = counts
        verdict = !violations.isEmpty ? .violated : reasons.isEmpty ? .holds : .inconclusive
    }
}

/// One seat or order of which an invariant is false, with who was involved.
package struct Violation: Codable, Sendable, Equatable {
    package var event: String
    package var seat: String
    /// What is wrong, as a sentence that names the sources.
    package var message: String
    package var orders: [String]
    package var users: [String]

    /// Makes a violation from its parts.
    package init(event: String, seat: String, message: String, orders: [String] = [], users: [String] = []) {
        self.event = event
        self.seat = seat
        self.message = message
        self.orders = orders
        self.users = users
    }
}

extension Invariant {
    /// Most are about orders.
    package func isAsked(of evidence: Evidence) -> Bool { evidence.hasOrders }

    /// Most do without the search.
    package func judge(_ evidence: Evidence, _ search: SeatSearch) -> InvariantResult { judge(evidence) }
}

/// The invariants that this version judges, in the order in which they are shown.
package let everyInvariant: [any Invariant] = [
    Oversell(), StoresAgree(), HoldExclusive(), SeatHistoryHolds(), HonestRefusal(), OwnerOnly(), NoEarlyLoss(),
    NoOrphanHold(), OrderAtomic(), NothingLost(), SagaEnds(), Idempotent(), NoDoubleCharge(), ChargeHasTicket(),
    MoneyConserved(), OutboxComplete(), MessageOrder(), EffectOnce(), TraceComplete(), SSEMonotonic(), SSEComplete(),
    SSEConverges(), Progress(), CleanRecovery(),
]
