import Contract

/// What has happened to each order, counted by name: a message that is delivered again must change none of it.
struct OrderEffects: Equatable {
    private(set) var counts: [String: [String: Int]] = [:]

    /// What messages may cause, once each: tickets, transitions, answers.
    init(ofMessages mysql: MySQLEvidence) {
        for ticket in mysql.tickets {
            if let order = ticket.order { add("a ticket for \(ticket.seat.seat)", to: order) }
        }
        for (order, transitions) in mysql.money.transitions {
            for step in transitions { add("a transition to \(step.to)", to: order) }
        }
        for row in mysql.outbox { add("\(row.kind) in the outbox", to: row.order) }
    }

    /// These, and what else stands still of an order that has ended.
    ///
    /// Of attempts only those that took money: others, whose answer nobody waited for, may be recorded long after the order's end.
    init(ofEnded mysql: MySQLEvidence) {
        self.init(ofMessages: mysql)
        for (id, order) in mysql.orders { add("the status \(order.status.rawValue)", to: id) }
        for (id, payment) in mysql.money.payments { add("a payment that is \(payment.status.rawValue)", to: id) }
        for charge in mysql.money.attempts where charge.isCharge { add("a charge", to: charge.order) }
        for (id, amount) in mysql.money.refunds { add("a refund of \(amount)", to: id) }
    }

    /// Counts one more.
    mutating func add(_ effect: String, to order: String) { counts[order, default: [:]][effect, default: 0] += 1 }

    /// What is counted otherwise in `later`, by order and name.
    func changes(to later: OrderEffects) -> [ReplayEvidence.Change] {
        guard self != later else { return [] }
        return Set(counts.keys).union(later.counts.keys).sorted().flatMap { order -> [ReplayEvidence.Change] in
            let (old, new) = (counts[order] ?? [:], later.counts[order] ?? [:])
            return Set(old.keys).union(new.keys).sorted().compactMap { effect in
                let change = ReplayEvidence.Change(
                    order: order,
                    effect: effect,
                    before: old[effect] ?? 0,
                    after: new[effect] ?? 0
                )
                return change.before == change.after ? nil : change
            }
        }
    }
}
