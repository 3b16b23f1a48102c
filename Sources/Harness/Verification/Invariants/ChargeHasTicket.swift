import Contract

/// Who paid has every ticket, or his money back; who has a ticket paid.
package struct ChargeHasTicket: Invariant {
    package let id = "charge-has-ticket"
    package let sentence = "charged ⇔ ticket, or refunded"

    package init() {}

    package func judge(_ evidence: Evidence) -> InvariantResult {
        guard let mysql = evidence.mysql.content else {
            return InvariantResult(id: id, witnesses: 0, reasons: evidence.gaps)
        }
        let tickets = Dictionary(grouping: mysql.tickets.filter { $0.order != nil }) { $0.order ?? "" }
        let ended = mysql.orders.values.filter(\.status.isFinal).sorted { $0.id < $1.id }
        let violations = ended.compactMap { order -> Violation? in
            let payment = mysql.money.payments[order.id]?.status
            let held = Set((tickets[order.id] ?? []).map(\.seat.seat))
            let missing = Set(order.seats).subtracting(held)
            let wrong: String
            switch (payment, held.isEmpty) {
            case (.success, _) where !missing.isEmpty:
                wrong =
                    "has paid, is \(order.status.rawValue), and has no ticket for \(missing.sorted().joined(separator: ", "))"
            case (.success, _) where order.status != .confirmed: wrong = "has paid and is \(order.status.rawValue)"
            case (.refunded, false): wrong = "got its money back and has \(held.count) tickets"
            case (.fail, false), (nil, false): wrong = "has \(held.count) tickets and never paid"
            default: return nil
            }
            return Violation(
                event: order.event,
                seat: order.seats.min() ?? "",
                message: "order \(order.id) \(wrong)",
                orders: [order.id],
                users: [order.user]
            )
        }
        return InvariantResult(id: id, witnesses: ended.count, violations: violations, reasons: restless(evidence))
    }
}

extension Invariant {
    /// The reason why nothing can be said of orders that have not ended.
    func restless(_ evidence: Evidence) -> [String] { [evidence.unrest].compactMap(\.self) }
}
