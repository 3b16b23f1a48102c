/// No two users were granted a seat with overlapping leases, by what the clients were told alone.
///
/// A lease is certain from its grant to its deadline, both by Redis' clock, as the answer says. It is certain for less when the user himself
/// released the seat, or ordered it (an order that is cancelled frees it): then until he did, by the harness' clock. A loss of Redis, which
/// begins a new epoch of the event, forgets the holds of the epochs before.
package struct HoldExclusive: Invariant {
    package let id = "hold-exclusive"
    package let sentence = "no two users held a seat at once"

    package init() {}

    package func isAsked(of evidence: Evidence) -> Bool { evidence.hasRequests }

    package func judge(_ evidence: Evidence) -> InvariantResult {
        guard let clients = evidence.clients.content else {
            return InvariantResult(id: id, witnesses: 0, reasons: evidence.gaps)
        }
        // Only a user's own doings are on the harness' clock; without Redis' clock beside it they cannot be placed.
        let clock = evidence.redis.content
        var reasons: [String] = []
        if clock == nil && !clients.touches.isEmpty { reasons += [evidence.redis.gap].compactMap(\.self) }
        let touches = Dictionary(grouping: clients.touches) { SeatUser(seat: $0.seat, user: $0.user) }
        var violations: [Violation] = []
        for (seat, grants) in Dictionary(grouping: clients.grants, by: \.seat).sorted(by: { $0.key < $1.key }) {
            let ordered = grants.sorted { (begin($0, clock), $0.index) < (begin($1, clock), $1.index) }
            var standing: (grant: ClientEvidence.Grant, until: Double)?
            for grant in ordered {
                if let other = standing, other.grant.user != grant.user || grant.user == "anonymous",
                    grant.epoch <= other.grant.epoch, begin(grant, clock) < other.until
                {
                    violations.append(overlap(seat, other.grant, grant, by: other.until - begin(grant, clock)))
                }
                let until = certainEnd(grant, touches[SeatUser(seat: seat, user: grant.user)] ?? [], clock)
                let isNewer = grant.epoch > standing?.grant.epoch ?? 0
                if isNewer || until >= standing?.until ?? -.infinity { standing = (grant, until) }
            }
        }
        return InvariantResult(id: id, witnesses: clients.grants.count, violations: violations, reasons: reasons)
    }

    /// From when on the lease lasted for certain, in milliseconds by Redis' clock: an answer says that there is a hold, not since when.
    private func begin(_ grant: ClientEvidence.Grant, _ clock: RedisEvidence?) -> Double {
        guard let clock else { return Double(grant.from) }
        return max(Double(grant.from), grant.invoke + clock.clockOffset - clock.clockError)
    }

    /// Until when the lease lasted for certain, in milliseconds by Redis' clock.
    private func certainEnd(
        _ grant: ClientEvidence.Grant,
        _ touches: [ClientEvidence.Touch],
        _ clock: RedisEvidence?
    ) -> Double {
        var end = Double(grant.until)
        for touch in touches.sorted(by: { $0.invoke < $1.invoke }) {
            let invoke = touch.invoke + (clock?.clockOffset ?? 0)
            let error = clock?.clockError ?? 0
            // It is another hold's only if it was over, or had not begun, as surely as the clocks are known.
            guard invoke + error >= Double(grant.from) - 1, invoke - error <= end else { continue }
            switch touch.kind {
            case .mayEnd: return min(end, invoke - error)
            case .extended(let until): end = Double(until)
            }
        }
        return end
    }

    private func overlap(
        _ seat: SeatID,
        _ first: ClientEvidence.Grant,
        _ second: ClientEvidence.Grant,
        by milliseconds: Double
    ) -> Violation {
        Violation(
            event: seat.event,
            seat: seat.seat,
            message: "granted to \(second.user) (hold \(second.token), trace \(second.trace)) "
                + "\(Int(milliseconds.rounded(.up))) ms before the hold of \(first.user) "
                + "(hold \(first.token), trace \(first.trace)) had ended",
            users: [first.user, second.user]
        )
    }
}

extension ClientEvidence.Grant {
    /// The generation of the event in which it was granted.
    fileprivate var epoch: Int64 { version >> 32 }
}

/// A user at a seat.
private struct SeatUser: Hashable {
    var seat: SeatID
    var user: String
}
