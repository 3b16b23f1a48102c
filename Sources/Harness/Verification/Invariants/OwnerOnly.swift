import Linearizability

/// No one but the holder prolonged, released or pinned a hold, and no order but its own sold or freed it.
package struct OwnerOnly: Invariant {
    package let id = "owner-only"
    package let sentence = "no one but the holder changed a hold"

    package init() {}

    package func isAsked(of evidence: Evidence) -> Bool { evidence.hasOrders || evidence.hasOwnChanges }

    package func judge(_ evidence: Evidence) -> InvariantResult {
        guard let redis = evidence.redis.content, let clients = evidence.clients.content else {
            return InvariantResult(
                id: id,
                witnesses: 0,
                reasons: [evidence.redis.gap, evidence.clients.gap].compactMap(\.self)
            )
        }
        // The log says under whose name a change was made; what the clients were told says who had asked.
        var askers: [Asked: String] = [:]
        for call in clients.seatCalls where call.isChange {
            if let version = call.version { askers[Asked(seat: call.seat, version: version)] = call.user }
        }
        for call in clients.seatCalls where call.isChange && call.action == .release {
            askers[Asked(seat: call.seat, trace: call.fact.trace)] = call.user
        }
        var witnesses = 0
        var violations: [Violation] = []
        SeatHolder.walk(redis.log) { entry, holder in
            guard let owner = holder.user else { return }
            let stranger: String?
            switch entry.operation {
            case "extend", "release", "pin":
                let asker =
                    askers[Asked(seat: entry.seatID, version: entry.version)]
                    ?? askers[Asked(seat: entry.seatID, trace: entry.trace)] ?? entry.user
                stranger = asker == owner && entry.user == owner ? nil : asker == owner ? entry.user : asker
            case "confirm", "cancel":
                stranger = entry.order == holder.order ? nil : "order \(entry.order)"
            default: return
            }
            witnesses += 1
            guard let stranger else { return }
            violations.append(
                Violation(
                    event: entry.event,
                    seat: entry.seat,
                    message: "\(stranger) did a \(entry.operation) (version \(entry.version), trace \(entry.trace)) "
                        + "on the hold of \(owner)" + (holder.order.isEmpty ? "" : ", pinned to order \(holder.order)"),
                    orders: [entry.order, holder.order].filter { !$0.isEmpty },
                    users: [owner, entry.user]
                )
            )
        }
        return InvariantResult(
            id: id,
            witnesses: witnesses,
            violations: violations,
            reasons: [redis.logGap].compactMap(\.self)
        )
    }

    /// A change as a client names it.
    private struct Asked: Hashable {
        var seat: SeatID
        var version: Int64 = 0
        var trace = ""
    }
}
