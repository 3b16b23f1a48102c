/// No hold outlives its deadline, and none would stay for ever: by Redis' own keys and Redis' own clock.
///
/// The users of the holds are the clients' grants; a hold of nobody who was granted one is not an orphan but a hold whose answer was lost.
package struct NoOrphanHold: Invariant {
    package let id = "no-orphan-hold"
    package let sentence = "no hold outlives its deadline, and each key ends by itself"

    /// A sweeper ends what is due within a second; this is what a busy machine is allowed, in milliseconds.
    static let grace: Int64 = 5_000

    package init() {}

    package func isAsked(of evidence: Evidence) -> Bool { evidence.hasRequests }

    package func judge(_ evidence: Evidence) -> InvariantResult {
        guard let redis = evidence.redis.content, let clients = evidence.clients.content else {
            return InvariantResult(id: id, witnesses: 0, reasons: evidence.gaps)
        }
        let violations = redis.holds.sorted { $0.key < $1.key }.compactMap { seat, hold -> Violation? in
            let overdue = redis.now - hold.deadline
            let message: String
            if !hold.hasExpiry {
                message = "held by \(hold.user) under a key without expiry"
            } else if overdue > Self.grace {
                message = "still held by \(hold.user) in Redis, \(overdue) ms after the hold's deadline"
            } else {
                return nil
            }
            return Violation(
                event: seat.event,
                seat: seat.seat,
                message: message,
                orders: [hold.order].compactMap(\.self),
                users: [hold.user]
            )
        }
        return InvariantResult(
            id: id,
            witnesses: Set(clients.grants.map(\.seat)).union(redis.holds.keys).count,
            violations: violations,
            counts: ["still held": redis.holds.count]
        )
    }
}
