import Contract

/// All seats of an order share its fate: each has its ticket, is SOLD to it and was confirmed in Kafka, or none.
package struct OrderAtomic: Invariant {
    package let id = "order-atomic"
    package let sentence = "all seats of an order share its fate"

    package init() {}

    package func judge(_ evidence: Evidence) -> InvariantResult {
        guard let mysql = evidence.mysql.content, let redis = evidence.redis.content,
            let kafka = evidence.kafka.content
        else { return InvariantResult(id: id, witnesses: 0, reasons: evidence.gaps) }
        var tickets: [String: Set<SeatID>] = [:]
        for ticket in mysql.tickets { tickets[ticket.order ?? "", default: []].insert(ticket.seat) }
        var sold: [String: Set<SeatID>] = [:]
        for (seat, sale) in redis.sold { sold[sale.order, default: []].insert(seat) }

        let ended = mysql.orders.values.filter(\.status.isFinal).sorted { $0.id < $1.id }
        let violations = ended.flatMap { order -> [Violation] in
            let seats = Set(order.seats.map { SeatID(order.event, $0) })
            let sources = [
                ("tickets", tickets[order.id] ?? []), ("seats sold in Redis", sold[order.id] ?? []),
                ("seats confirmed in Kafka", kafka.confirmed[order.id] ?? []),
            ]
            return sources.compactMap { name, found in
                // That a source has none of a confirmed order's seats is for nothing-lost and stores-agree to say.
                let isWhole = order.status == .confirmed ? found.isEmpty || found == seats : found.isEmpty
                guard !isWhole, let seat = seats.union(found).min() else { return nil }
                return Violation(
                    event: order.event,
                    seat: seat.seat,
                    message: "order \(order.id) is \(order.status.rawValue) with \(seats.count) seats, and has "
                        + "\(found.count) \(name): \(found.map(\.seat).sorted().joined(separator: ", "))",
                    orders: [order.id],
                    users: [order.user]
                )
            }
        }
        return InvariantResult(id: id, witnesses: ended.count, violations: violations, reasons: evidence.gaps)
    }
}
