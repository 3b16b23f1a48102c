import Contract

/// Each confirmed order is one trace, from the order's request over payment, outbox, Kafka and reservation to its end, each hop with its parent.
///
/// A hop that is missing where no span was lost is a violation; so is a message of the order that was processed in another trace, whatever was lost.
/// A service that is killed takes along what it had not sent: an order that lacks only hops of such services is not looked at.
package struct TraceComplete: Invariant {
    package let id = "trace-complete"
    package let sentence = "each confirmed order is one trace, with every hop"

    package init() {}

    /// Only an embedded suite exports its spans to the harness.
    package func isAsked(of evidence: Evidence) -> Bool {
        guard evidence.spans != nil else { return false }
        guard let mysql = evidence.mysql.content else { return true }
        return mysql.orders.values.contains { $0.status == .confirmed }
    }

    package func judge(_ evidence: Evidence) -> InvariantResult {
        guard let spans = evidence.spans?.content, let mysql = evidence.mysql.content else {
            let gaps = [evidence.spans?.gap, evidence.mysql.gap].compactMap(\.self)
            return InvariantResult(id: id, witnesses: 0, reasons: gaps)
        }
        let messages = Dictionary(grouping: mysql.outbox, by: \.order)
        let orders = mysql.orders.values.filter { $0.status == .confirmed }.sorted { $0.id < $1.id }
        var violations: [Violation] = []
        var unproved = 0
        var unseen = 0
        for order in orders {
            let trace = OrderTrace(order.trace, in: spans)
            guard !trace.missing.isEmpty else { continue }
            let strays = (messages[order.id] ?? []).flatMap { row in
                (spans.messages[row.messageID] ?? []).subtracting([order.trace]).map { "\(row.messageID) in \($0)" }
            }
            if strays.isEmpty, !spans.ended.isEmpty, trace.silent.isSubset(of: spans.ended) {
                unseen += 1
                continue
            }
            guard !strays.isEmpty || spans.losses.isEmpty else {
                unproved += 1
                continue
            }
            let elsewhere =
                strays.isEmpty ? "" : "; its messages are in other traces: \(strays.joined(separator: ", "))"
            violations.append(
                Violation(
                    event: order.event,
                    seat: order.seats.min() ?? "",
                    message: "the trace \(order.trace) of order \(order.id) lacks "
                        + trace.missing.joined(separator: ", ") + elsewhere,
                    orders: [order.id],
                    users: [order.user]
                )
            )
        }
        let losses = spans.losses.joined(separator: "; ")
        return InvariantResult(
            id: id,
            witnesses: orders.count - unseen,
            violations: violations,
            reasons: unproved == 0
                ? [] : ["the traces of \(unproved) orders are not whole, and spans were lost: \(losses)"],
            counts: ["spans": spans.count].merging(unseen > 0 ? ["not seen": unseen] : [:]) { $1 }
        )
    }
}
