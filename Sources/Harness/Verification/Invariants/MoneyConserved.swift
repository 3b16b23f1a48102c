import Contract

/// What was captured less what was given back is the price of the confirmed seats: order by order, so in sum.
package struct MoneyConserved: Invariant {
    package let id = "money-conserved"
    package let sentence = "captured − refunded = the price of the confirmed seats"

    package init() {}

    package func judge(_ evidence: Evidence) -> InvariantResult {
        guard let mysql = evidence.mysql.content else {
            return InvariantResult(id: id, witnesses: 0, reasons: evidence.gaps)
        }
        var captured: [String: Int64] = [:]
        for charge in mysql.money.attempts where charge.isCharge { captured[charge.order, default: 0] += charge.amount }
        let ended = mysql.orders.values.filter(\.status.isFinal).sorted { $0.id < $1.id }
        let violations = ended.compactMap { order -> Violation? in
            let taken = captured[order.id] ?? 0
            let returned = mysql.money.refunds[order.id] ?? 0
            let price = order.status == .confirmed ? mysql.price(of: order) : 0
            guard taken - returned != price else { return nil }
            return Violation(
                event: order.event,
                seat: order.seats.min() ?? "",
                message: "order \(order.id) is \(order.status.rawValue): captured \(taken), refunded \(returned), "
                    + "confirmed seats worth \(price)",
                orders: [order.id],
                users: [order.user]
            )
        }
        return InvariantResult(
            id: id,
            witnesses: ended.count,
            violations: violations,
            reasons: restless(evidence),
            counts: ["captured": captured.count, "refunded": mysql.money.refunds.values.count { $0 > 0 }]
        )
    }
}
