/// One key of a user, one order, one body, one answer: by what the clients were told and by MySQL's rows.
package struct Idempotent: Invariant {
    package let id = "idempotent"
    package let sentence = "one key, one order, one body"

    package init() {}

    package func judge(_ evidence: Evidence) -> InvariantResult {
        guard let mysql = evidence.mysql.content, let clients = evidence.clients.content else {
            return InvariantResult(id: id, witnesses: 0, reasons: evidence.gaps)
        }
        var stored: [ClientEvidence.KeyOwner: [MySQLEvidence.Order]] = [:]
        for order in mysql.orders.values { stored[.init(user: order.user, key: order.key), default: []].append(order) }
        var violations: [Violation] = []
        for (owner, orders) in stored where orders.count > 1 {
            violations.append(
                violation(
                    owner,
                    orders.map(\.id),
                    orders.flatMap { $0.seats.map(SeatID.named($0.event)) },
                    "made \(orders.count) orders in MySQL"
                )
            )
        }
        for (owner, placed) in clients.placed {
            let ids = Set(placed.map(\.order))
            let seats = placed.flatMap(\.seats)
            if ids.count > 1 {
                violations.append(violation(owner, Array(ids), seats, "was answered with \(ids.count) orders"))
            } else if Set(placed.map { Set($0.seats) }).count > 1 {
                violations.append(violation(owner, Array(ids), seats, "was accepted with another body"))
            } else if Set(placed.map(\.reply)).count > 1 {
                violations.append(violation(owner, Array(ids), seats, "got answers that differ"))
            }
        }
        violations.sort { ($0.event, $0.seat, $0.message) < ($1.event, $1.seat, $1.message) }
        return InvariantResult(
            id: id,
            witnesses: Set(stored.keys).union(clients.placed.keys).count,
            violations: violations,
            counts: ["asked again": clients.placed.values.count { $0.count > 1 }]
        )
    }

    private func violation(
        _ owner: ClientEvidence.KeyOwner,
        _ orders: [String],
        _ seats: [SeatID],
        _ what: String
    ) -> Violation {
        let orders = orders.sorted()
        return Violation(
            event: seats.min()?.event ?? "",
            seat: seats.min()?.seat ?? "",
            message: "the key \(owner.key) of \(owner.user) \(what): \(orders.joined(separator: ", "))",
            orders: orders,
            users: [owner.user]
        )
    }
}

extension SeatID {
    /// Names seats of `event`.
    fileprivate static func named(_ event: String) -> (String) -> SeatID {
        { SeatID(event, $0) }
    }
}
