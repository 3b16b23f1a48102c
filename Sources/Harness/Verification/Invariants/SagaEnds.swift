import Contract

/// Every order has ended once the suite had its time to come to rest, and came there by legal transitions only.
package struct SagaEnds: Invariant {
    package let id = "saga-ends"
    package let sentence = "every order ends, by legal transitions"

    package init() {}

    package func judge(_ evidence: Evidence) -> InvariantResult {
        guard let mysql = evidence.mysql.content else {
            return InvariantResult(id: id, witnesses: 0, reasons: evidence.gaps)
        }
        var violations: [Violation] = []
        var unfinished = 0
        for order in mysql.orders.values.sorted(by: { $0.id < $1.id }) {
            var wrong = illegal(mysql.money.transitions[order.id] ?? [], endingIn: order.status)
            if !order.status.isFinal {
                unfinished += 1
                if !evidence.isHurried { wrong = "is still \(order.status.rawValue)" }
            }
            guard let wrong else { continue }
            violations.append(
                Violation(
                    event: order.event,
                    seat: order.seats.min() ?? "",
                    message: "order \(order.id) \(wrong)",
                    orders: [order.id],
                    users: [order.user]
                )
            )
        }
        let reasons = unfinished > 0 && evidence.isHurried ? [evidence.unrest].compactMap(\.self) : []
        return InvariantResult(id: id, witnesses: mysql.orders.count, violations: violations, reasons: reasons)
    }

    /// What is wrong with the way that an order has come to its state, or nil.
    private func illegal(_ transitions: [MoneyEvidence.Transition], endingIn status: OrderStatus) -> String? {
        var state: OrderStatus?
        for transition in transitions {
            guard let next = OrderStatus(rawValue: transition.to) else { return "went to the unknown \(transition.to)" }
            guard transition.from == state?.rawValue else {
                return
                    "went from \(transition.from ?? "nothing") to \(transition.to) while it was \(state?.rawValue ?? "not there")"
            }
            let legal = state?.successors ?? [.created]
            guard legal.contains(next) else { return "went from \(state?.rawValue ?? "nothing") to \(transition.to)" }
            state = next
        }
        guard state == status else {
            return "is \(status.rawValue), and its transitions end in \(state?.rawValue ?? "nothing")"
        }
        return nil
    }
}
