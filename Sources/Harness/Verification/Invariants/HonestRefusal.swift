import Linearizability

/// A seat's history that is legal without its refusals is legal with them: "taken" was true when it was said.
package struct HonestRefusal: Invariant {
    package let id = "honest-refusal"
    package let sentence = "a refusal was true when it was said"

    package init() {}

    package func isAsked(of evidence: Evidence) -> Bool { evidence.hasRefusals }

    package func judge(_ evidence: Evidence) -> InvariantResult { judge(evidence, SeatSearch(evidence)) }

    package func judge(_ evidence: Evidence, _ search: SeatSearch) -> InvariantResult {
        guard let outcome = search.outcome else {
            return InvariantResult(id: id, witnesses: 0, reasons: [evidence.clients.gap].compactMap(\.self))
        }
        let reasons = [evidence.redis.gap, evidence.redis.content?.logGap].compactMap(\.self)
        let check = Check(SeatModel())
        let history = outcome.history
        var violations: [Violation] = []
        for (seat, timeline, result) in outcome.seats where result.verdict == .notLinearizable {
            // What a lost Redis has forgotten cannot be told from a lie; seat-history says that it is so.
            guard !history.lost.contains(seat.event) else { continue }
            let without = timeline.withoutRefusals
            guard check.part(without, budget: Budget()).verdict == .linearizable else { continue }
            var violation = SeatStory(seat, timeline, history.facts[seat] ?? []).violation
            violation.message = "somebody was refused a seat that was his to have: " + violation.message
            violations.append(violation)
        }
        return InvariantResult(
            id: id,
            witnesses: outcome.seats.reduce(0) { $0 + $1.timeline.calls.count { $0.operation.outcome != .ok } },
            violations: violations,
            reasons: reasons
        )
    }
}

extension SeatTimeline {
    /// The calls without the refusals; places that calls name stay right.
    fileprivate var withoutRefusals: [Call<SeatModel.Operation>] {
        calls.map { call in
            var call = call
            if call.operation.outcome != .ok {
                call.isOptional = true
                call.return = .max
            }
            return call
        }
    }
}
