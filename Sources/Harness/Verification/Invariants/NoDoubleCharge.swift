import Contract

/// At most one successful charge an order, of the sum of its seats' prices: by payments and by the attempts recorded before each answer.
package struct NoDoubleCharge: Invariant {
    package let id = "no-double-charge"
    package let sentence = "no order is charged twice, or a wrong amount"

    package init() {}

    package func judge(_ evidence: Evidence) -> InvariantResult {
        guard let mysql = evidence.mysql.content else {
            return InvariantResult(id: id, witnesses: 0, reasons: evidence.gaps)
        }
        let charges = Dictionary(grouping: mysql.money.attempts.filter(\.isCharge), by: \.order)
        var violations: [Violation] = []
        for order in mysql.orders.values.sorted(by: { $0.id < $1.id }) {
            let made = charges[order.id] ?? []
            let payment = mysql.money.payments[order.id]
            let price = mysql.price(of: order)
            var wrong: [String] = []
            if made.count > 1 { wrong.append("was charged \(made.count) times") }
            if order.amount != price { wrong.append("is over \(order.amount), and its seats cost \(price)") }
            for charge in made where charge.amount != price {
                wrong.append("was charged \(charge.amount), and its seats cost \(price)")
            }
            if let payment, payment.isCharged, payment.amount != price {
                wrong.append("has paid \(payment.amount), and its seats cost \(price)")
            }
            if made.isEmpty, payment?.isCharged == true { wrong.append("has paid, and no attempt is recorded") }
            guard !wrong.isEmpty else { continue }
            violations.append(
                Violation(
                    event: order.event,
                    seat: order.seats.min() ?? "",
                    message: "order \(order.id) " + wrong.joined(separator: ", "),
                    orders: [order.id],
                    users: [order.user]
                )
            )
        }
        return InvariantResult(
            id: id,
            witnesses: mysql.orders.count,
            violations: violations,
            counts: ["charged": charges.count]
        )
    }
}

extension MoneyEvidence.Attempt {
    /// Whether it took money: a replay and a refusal did not.
    var isCharge: Bool { kind == "authorize" && outcome == "success" }
}

extension MySQLEvidence {
    /// What an order's seats cost together.
    func price(of order: Order) -> Int64 {
        order.seats.reduce(0) { $0 + (prices[SeatID(order.event, $1)] ?? 0) }
    }
}
