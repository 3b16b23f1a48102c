/// No hold outlives its deadline, and none could outlive everything: each has a time to live.
package struct NoOrphanHold: Invariant {
    package let id = "no-orphan-hold"
    package let sentence = "no hold remains after its deadline, and none is without one"
    /// The sweeper ends what is due within a second or so; readers treat it as free at once.
    private static let grace: Int64 = 5_000

    package init() {}

    package func judge(_ evidence: Evidence) -> InvariantResult {
        guard let redis = evidence.redis.content else {
            return InvariantResult(id: id, witnesses: 0, reasons: [evidence.redis.gap].compactMap(\.self))
        }
        var violations: [Violation] = []
        for (seat, hold) in redis.holds.sorted(by: { $0.key < $1.key }) {
            let wrong: String
            if !hold.expires {
                wrong = "has no time to live: it stays for ever if nobody ends it"
            } else if hold.deadline + Self.grace < redis.now {
                wrong = "ended at \(Timestamp.text(hold.deadline)), and is still there at \(Timestamp.text(redis.now))"
            } else {
                continue
            }
            violations.append(
                Violation(
                    event: seat.event,
                    seat: seat.seat,
                    message: "the hold of \(hold.user) \(wrong)",
                    orders: [hold.order].compactMap(\.self),
                    users: [hold.user]
                )
            )
        }
        // A hold that was ended is a witness as much as one that is still there.
        let granted = redis.log.count { $0.operation == "hold" }
        return InvariantResult(id: id, witnesses: redis.holds.count + granted, violations: violations)
    }
}
