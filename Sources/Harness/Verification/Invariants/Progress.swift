import Foundation
import Linearizability

/// The suite served: most requests were answered while nothing was broken on purpose, and service resumed soon after the last fault's end.
///
/// An answer is one that the contract knows, a refusal included; a 5xx, a timeout and a broken connection are none. But where all are
/// refused because the seats are taken, somebody must have got them.
package struct Progress: Invariant {
    package let id = "progress"
    package let sentence = "most requests were answered, and service resumed after the last fault"

    /// How soon after the last fault's end something must be answered, in seconds; retries and circuits have backed off until then.
    package static let resumption: Double = 10
    /// The least share of requests answered outside of faults and their aftermath.
    static let enough = 0.5

    package init() {}

    package func isAsked(of evidence: Evidence) -> Bool { evidence.hasRequests }

    package func judge(_ evidence: Evidence) -> InvariantResult {
        guard let clients = evidence.clients.content else {
            return InvariantResult(id: id, witnesses: 0, reasons: [evidence.clients.gap].compactMap(\.self))
        }
        var violations: [Violation] = []
        let steady = clients.requests.filter { request in
            !evidence.faults.contains { $0.from <= request.at && request.at <= $0.to + Self.resumption }
        }
        let answered = steady.count(where: \.isAnswered)
        if Double(answered) < Self.enough * Double(steady.count) {
            violations.append(
                violation("of \(steady.count) requests while nothing was broken, \(answered) were answered")
            )
        }
        let refused = clients.seatCalls.filter {
            $0.action == .hold && $0.outcome == .conflict && evidence.events.contains($0.seat.event)
        }
        if !refused.isEmpty, clients.grants.isEmpty, evidence.faults.isEmpty {
            violations.append(
                violation("\(refused.count) users were refused a seat because it was taken, and nobody was granted any")
            )
        }
        if let last = evidence.faults.max(by: { $0.to < $1.to }) {
            let after = clients.requests.filter { $0.at > last.to }
            let first = after.filter(\.isAnswered).map(\.until).min()
            let waited = (first ?? .infinity) - last.to
            // Who is first asked late has half of the time from then on, and who is no longer asked may still have been about to answer.
            let asked = after.map(\.at).min() ?? .infinity
            let bound = max(last.to + Self.resumption, asked + Self.resumption / 2)
            let wasWatched = first != nil || after.contains { $0.until > bound }
            if wasWatched, last.to + waited > bound {
                let when = waited.isFinite ? String(format: "the first one after %.1f s", waited) : "none at all"
                violations.append(
                    violation("\(after.count) requests were sent after the end of \(last.name); answered was \(when)")
                )
            }
        }
        return InvariantResult(
            id: id,
            witnesses: clients.requests.count,
            violations: violations,
            counts: ["answered": clients.requests.count(where: \.isAnswered)]
        )
    }

    private func violation(_ message: String) -> Violation {
        Violation(event: "", seat: "", message: message)
    }
}
