import Linearizability

/// A seat's history that is legal without its refusals is legal with them: "taken" was true when it was said.
///
/// And who took the seat was told so.
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
        var reasons = [evidence.redis.gap, evidence.redis.content?.logGap].compactMap(\.self)
        let check = Check(SeatModel())
        let history = outcome.history
        var violations = refusedWhatTheyTook(evidence)
        var witnesses = outcome.seats.reduce(0) { $0 + $1.timeline.calls.count { $0.operation.outcome != .ok } }
        if let clients = evidence.clients.content, let redis = evidence.redis.content {
            let orders = RefusedOrders(clients, redis, lost: Set(history.losses.keys))
            violations += orders.violations
            witnesses += orders.count
        }
        for (seat, timeline, result) in outcome.seats where result.verdict != .linearizable {
            guard result.verdict == .notLinearizable else {
                reasons.append("\(seat): \(result.reason ?? "the search did not end")")
                continue
            }
            // What a lost Redis has forgotten cannot be told from a lie; seat-history says that it is so.
            guard history.losses[seat.event] == nil else { continue }
            let without = check.part(timeline.withoutRefusals, budget: Budget())
            if without.verdict == .unknown {
                reasons.append("\(seat) without its refusals: \(without.reason ?? "the search did not end")")
            }
            guard without.verdict == .linearizable else { continue }
            var violation = SeatStory(seat, timeline, history.facts[seat] ?? []).violation
            violation.message = "somebody was refused a seat that was his to have: " + violation.message
            violations.append(violation)
        }
        return InvariantResult(
            id: id,
            witnesses: witnesses,
            violations: violations,
            reasons: reasons
        )
    }
}

extension HonestRefusal {
    /// Refusals of requests that did take the seat, by the log: to the search they look like those of a seat that is taken.
    private func refusedWhatTheyTook(_ evidence: Evidence) -> [Violation] {
        guard let redis = evidence.redis.content, let clients = evidence.clients.content else { return [] }
        var takings: [Taking: [SeatLogEntry]] = [:]
        for entry in redis.log where entry.operation == "hold" && !entry.trace.isEmpty {
            takings[Taking(seat: entry.seatID, user: entry.user, trace: entry.trace), default: []].append(entry)
        }
        return clients.seatCalls.filter { $0.action == .hold && $0.outcome == .conflict }.compactMap { call in
            let call = call.moved(by: redis)
            let taken = takings[Taking(seat: call.seat, user: call.user, trace: call.fact.trace)]?.first {
                // A trace may have several requests; this one's time is its own. The log counts in whole milliseconds.
                call.invoke / 1000 <= $0.time && $0.time * 1000 <= call.return
            }
            guard let taken else { return nil }
            return Violation(
                event: call.seat.event,
                seat: call.seat.seat,
                message: "\(call.user) was refused the seat by the very request that took it for him "
                    + "(version \(taken.version), trace \(taken.trace))",
                users: [call.user]
            )
        }
    }

    /// A hold as both the client and the log name it.
    private struct Taking: Hashable {
        var seat: SeatID
        var user: String
        var trace: String
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
