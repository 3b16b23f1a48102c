import Contract

/// However often a message was delivered, it had its effect once: one ticket a seat, one transition a state, one answer of each kind.
package struct EffectOnce: Invariant {
    package let id = "effect-once"
    package let sentence = "a message delivered again changes nothing"

    package init() {}

    package func judge(_ evidence: Evidence) -> InvariantResult {
        guard let mysql = evidence.mysql.content, let kafka = evidence.kafka.content else {
            return InvariantResult(id: id, witnesses: 0, reasons: evidence.gaps)
        }
        var effects: [String: [String: Int]] = [:]
        for ticket in mysql.tickets {
            if let order = ticket.order {
                effects[order, default: [:]]["a ticket for \(ticket.seat.seat)", default: 0] += 1
            }
        }
        for (order, transitions) in mysql.money.transitions {
            for step in transitions { effects[order, default: [:]]["a transition to \(step.to)", default: 0] += 1 }
        }
        for row in mysql.outbox { effects[row.order, default: [:]]["\(row.kind) in the outbox", default: 0] += 1 }
        // A sale that was taken back may be made again, and what Redis lost is not in its log.
        let log = evidence.redis.content?.log ?? []
        let unsure = Set(
            log.filter { $0.operation == "correct" || $0.operation == SeatLogOpening.restore.rawValue }.map(\.event)
        )
        for entry in log where entry.operation == "confirm" && !entry.order.isEmpty && !unsure.contains(entry.event) {
            effects[entry.order, default: [:]]["a sale of \(entry.seat) in Redis", default: 0] += 1
        }
        var violations: [Violation] = []
        for (id, counts) in effects.sorted(by: { $0.key < $1.key }) {
            let repeated = counts.filter { $0.value > 1 }.sorted { $0.key < $1.key }
            guard !repeated.isEmpty else { continue }
            let order = mysql.orders[id]
            violations.append(
                Violation(
                    event: order?.event ?? "",
                    seat: order?.seats.min() ?? "",
                    message: "order \(id) has "
                        + repeated.map { "\($0.key) \($0.value) times" }.joined(separator: ", "),
                    orders: [id],
                    users: [order?.user].compactMap(\.self)
                )
            )
        }
        return InvariantResult(
            id: id,
            witnesses: kafka.records.count,
            violations: violations,
            counts: ["delivered again": kafka.records.count - Set(kafka.records.map(\.id)).count]
        )
    }
}
