import Contract

/// No hold ended before its time: every end of a lease in the log is at or after the deadline that was promised, and Redis threw nothing away.
///
/// A loss of Redis ends holds, but not the pins of orders that were being paid: they are brought back.
package struct NoEarlyLoss: Invariant {
    package let id = "no-early-loss"
    package let sentence = "no hold ended before its time"

    package init() {}

    package func isAsked(of evidence: Evidence) -> Bool { evidence.hasRequests }

    package func judge(_ evidence: Evidence) -> InvariantResult {
        guard let redis = evidence.redis.content, let clients = evidence.clients.content else {
            return InvariantResult(
                id: id,
                witnesses: 0,
                reasons: [evidence.redis.gap, evidence.clients.gap].compactMap(\.self)
            )
        }
        var promised: [SeatID: [Int64: Int64]] = [:]
        for call in clients.seatCalls where call.isLease && call.isChange {
            if let version = call.version, let deadline = call.deadline {
                promised[call.seat, default: [:]][version] = deadline / 1000
            }
        }
        var witnesses = 0
        var violations: [Violation] = []
        var deadlines: [SeatID: Int64] = [:]
        SeatHolder.walk(redis.log) { entry, holder in
            let seat = entry.seatID
            defer {
                deadlines[seat] = max(entry.deadline ?? 0, promised[seat]?[entry.version] ?? 0)
            }
            // Taken by another while it lasted, or ended as if its time were over.
            let isTaken = entry.operation == "hold" && holder.user != nil
            guard entry.operation == "expire" || isTaken, let owner = holder.user, let deadline = deadlines[seat] else {
                return
            }
            witnesses += 1
            guard entry.time < deadline - SeatHistory.epsilon / 1000 else { return }
            violations.append(
                Violation(
                    event: entry.event,
                    seat: entry.seat,
                    message: "the hold of \(owner) was promised until \(Timestamp.text(deadline)), and ended at "
                        + "\(Timestamp.text(entry.time)) by \(isTaken ? "the hold of \(entry.user)" : "an expiry")",
                    users: [owner]
                )
            )
        }
        violations += lostPins(redis.log, evidence.mysql.content)
        var reasons = [redis.logGap].compactMap(\.self)
        if redis.log.contains(where: { $0.operation == SeatLogOpening.restore.rawValue }), let gap = evidence.mysql.gap
        {
            reasons.append(gap)
        }
        if redis.evicted > 0 { reasons.append("Redis threw \(redis.evicted) keys away for want of memory") }
        // Where no lease came to its end, the grants are what was looked at: none of them was cut short.
        return InvariantResult(
            id: id,
            witnesses: witnesses == 0 ? promised.values.reduce(0) { $0 + $1.count } : witnesses,
            violations: violations,
            reasons: reasons
        )
    }

    /// Seats that another got while they were pinned to an order that was paid for: across a loss, the log names no end of the pin.
    private func lostPins(_ log: [SeatLogEntry], _ mysql: MySQLEvidence?) -> [Violation] {
        var last: [SeatID: SeatLogEntry] = [:]
        var violations: [Violation] = []
        for entry in log {
            guard !entry.seat.isEmpty else {
                // A reset does end pins; a restoration does not.
                if entry.operation == SeatLogOpening.reset.rawValue {
                    last = last.filter { $0.key.event != entry.event }
                }
                continue
            }
            let before = last.updateValue(entry, forKey: entry.seatID)
            guard let pin = before, pin.operation == "pin", entry.operation == "hold", let deadline = pin.deadline,
                entry.version >> 32 > pin.version >> 32, entry.time < deadline - SeatHistory.epsilon / 1000,
                mysql?.money.transitions[pin.order]?.contains(where: { $0.to == OrderStatus.paid.rawValue }) == true
            else { continue }
            violations.append(
                Violation(
                    event: entry.event,
                    seat: entry.seat,
                    message:
                        "pinned until \(Timestamp.text(deadline)) to order \(pin.order), which was paid, and held by "
                        + "\(entry.user) at \(Timestamp.text(entry.time)), after Redis was lost",
                    orders: [pin.order],
                    users: [pin.user, entry.user]
                )
            )
        }
        return violations
    }
}
