import Linearizability

/// Each seat's history has an order that a seat with leases allows: the table of verification.md, by search.
package struct SeatHistoryHolds: Invariant {
    package let id = "seat-history"
    package let sentence = "each seat's history is linearizable with leases"

    package init() {}

    package func isAsked(of evidence: Evidence) -> Bool { evidence.hasRequests }

    package func judge(_ evidence: Evidence) -> InvariantResult { judge(evidence, SeatSearch(evidence)) }

    package func judge(_ evidence: Evidence, _ search: SeatSearch) -> InvariantResult {
        guard let outcome = search.outcome else {
            return InvariantResult(id: id, witnesses: 0, reasons: [evidence.clients.gap].compactMap(\.self))
        }
        var reasons = [evidence.redis.gap, evidence.redis.content?.logGap].compactMap(\.self)
        let history = outcome.history
        var violations = fallingVersions(evidence.redis.content?.log ?? [])
        for (seat, timeline, result) in outcome.seats {
            switch result.verdict {
            case .linearizable: break
            case .unknown: reasons.append("\(seat): \(result.reason ?? "the search did not end")")
            case .notLinearizable:
                // Of an event that was lost, everything is known up to then.
                let known = history.losses[seat.event].map(timeline.beginning)
                guard known.map(Self.isIllegal) ?? true else {
                    reasons.append(
                        "\(seat) has no legal order, but Redis lost its event, or it was reset, in the run: what was lost is not known"
                    )
                    continue
                }
                violations.append(SeatStory(seat, known ?? timeline, history.facts[seat] ?? []).violation)
            }
        }
        return InvariantResult(
            id: id,
            witnesses: history.seats.values.reduce(0) { $0 + $1.operations },
            violations: violations,
            reasons: reasons
        )
    }

    private static func isIllegal(_ timeline: SeatTimeline) -> Bool {
        Check(SeatModel()).part(timeline.calls, budget: Budget()).verdict == .notLinearizable
    }

    /// Changes whose version is not above the seat's version before: the log's order is the order in which Redis made them.
    private func fallingVersions(_ log: [SeatLogEntry]) -> [Violation] {
        var latest: [SeatID: Int64] = [:]
        var violations: [Violation] = []
        for entry in log where !entry.seat.isEmpty {
            let before = latest.updateValue(entry.version, forKey: entry.seatID) ?? .min
            guard entry.version <= before else { continue }
            violations.append(
                Violation(
                    event: entry.event,
                    seat: entry.seat,
                    message: "the \(entry.operation) at \(Timestamp.text(entry.time)) has version \(entry.version), "
                        + "after version \(before)",
                    users: [entry.user]
                )
            )
        }
        return violations
    }
}
