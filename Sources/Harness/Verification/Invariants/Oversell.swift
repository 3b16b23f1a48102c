import Contract

/// No seat is in two CONFIRMED orders, has two tickets, or was promised to two clients.
package struct Oversell: Invariant {
    package let id = "oversell"
    package let sentence = "no seat is sold twice"

    package init() {}

    package func isAsked(of evidence: Evidence) -> Bool { evidence.hasRequests }

    package func judge(_ evidence: Evidence) -> InvariantResult {
        let claims = Self.claims(evidence)
        let users = Self.users(evidence)
        var violations: [Violation] = []
        for (seat, sales) in claims.sorted(by: { $0.key < $1.key }) where sales.count > 1 {
            let told = sales.keys.sorted()
            let by = told.map { "\($0) (\(sales[$0, default: []].sorted().joined(separator: ", ")))" }
            violations.append(
                Violation(
                    event: seat.event,
                    seat: seat.seat,
                    message: "sold \(sales.count) times: to \(by.joined(separator: " and "))",
                    orders: told,
                    users: Array(Set(told.compactMap { users[$0] })).sorted()
                )
            )
        }
        // Where nobody ordered, the seats that were granted have been looked at, and none is sold at all.
        let granted = evidence.hasOrders ? [] : Set((evidence.clients.content?.grants ?? []).map(\.seat))
        let witnesses = granted.union(claims.keys).count
        return InvariantResult(id: id, witnesses: witnesses, violations: violations, reasons: evidence.gaps)
    }

    /// Sales beyond the first, over all seats: the metric `oversell`.
    package static func count(_ evidence: Evidence) -> Int {
        claims(evidence).values.reduce(0) { $0 + max(0, $1.count - 1) }
    }

    /// Who claims to have bought each seat (an order, or a ticket with none), with the sources that say so.
    static func claims(_ evidence: Evidence) -> [SeatID: [String: Set<String>]] {
        var claims: [SeatID: [String: Set<String>]] = [:]
        func claim(_ seat: SeatID, _ sale: String, _ source: String) {
            claims[seat, default: [:]][sale, default: []].insert(source)
        }
        if let mysql = evidence.mysql.content {
            var seen: Set<String> = []
            for ticket in mysql.tickets {
                let sale = ticket.order ?? "box office"
                // Two tickets are two sales, also if they name one order.
                let twice = !seen.insert("\(ticket.seat)=\(sale)").inserted
                claim(ticket.seat, twice || ticket.order == nil ? "\(sale), ticket \(ticket.id)" : sale, "ticket")
            }
            for order in mysql.orders.values where order.status == .confirmed {
                for seat in order.seats { claim(SeatID(order.event, seat), order.id, "order") }
            }
        }
        for (order, seats) in evidence.kafka.content?.confirmed ?? [:] {
            for seat in seats { claim(seat, order, "kafka") }
        }
        for order in (evidence.clients.content?.orders ?? [:]).values where order.status == .confirmed {
            for seat in order.seats { claim(seat, order.id, "client") }
        }
        for (seat, sold) in evidence.redis.content?.sold ?? [:] where !sold.order.isEmpty {
            claim(seat, sold.order, "redis")
        }
        return claims
    }

    /// Who made each order.
    static func users(_ evidence: Evidence) -> [String: String] {
        var users: [String: String] = [:]
        for order in (evidence.clients.content?.orders ?? [:]).values { users[order.id] = order.user }
        for order in (evidence.mysql.content?.orders ?? [:]).values { users[order.id] = order.user }
        return users
    }
}
