import Contract

/// However often a message was delivered, it had its effect once: one ticket a seat, one transition a state, one answer of each kind.
///
/// Where the harness delivered all of a run's messages again when the suite had come to rest, nothing may have changed by that.
package struct EffectOnce: Invariant {
    package let id = "effect-once"
    package let sentence = "a message delivered again changes nothing"

    package init() {}

    package func judge(_ evidence: Evidence) -> InvariantResult {
        guard let mysql = evidence.mysql.content, let kafka = evidence.kafka.content else {
            return InvariantResult(id: id, witnesses: 0, reasons: evidence.gaps)
        }
        let log = evidence.redis.content?.log ?? []
        let replay = evidence.replay?.content
        var wrong: [String: [String]] = [:]
        let changes = replay?.changes ?? []
        for change in changes {
            wrong[change.order, default: []].append(
                "\(change.effect) \(change.after) times, \(change.before) before its messages were delivered again"
            )
        }
        let changed = Set(changes.map { [$0.order, $0.effect] })
        for (order, counts) in effects(mysql, log).counts {
            for (effect, count) in counts where count > 1 && !changed.contains([order, effect]) {
                wrong[order, default: []].append("\(effect) \(count) times")
            }
        }
        if let replay, let logged = replay.logged {
            for entry in log.dropFirst(logged) where Self.operations.contains(entry.operation) {
                guard !entry.order.isEmpty, !replay.others.contains(entry.order) else { continue }
                wrong[entry.order, default: []].append(
                    "a \(entry.operation) of \(entry.seat) in Redis after its messages were delivered again"
                )
            }
        }
        let violations = wrong.sorted { $0.key < $1.key }.map { id, effects in
            let order = mysql.orders[id]
            return Violation(
                event: order?.event ?? "",
                seat: order?.seats.min() ?? "",
                message: "order \(id) has " + effects.sorted().joined(separator: ", "),
                orders: [id],
                users: [order?.user].compactMap(\.self)
            )
        }
        var counts = ["delivered again": kafka.records.count - Set(kafka.records.map(\.id)).count]
        if let replay { counts["replayed"] = replay.messages }
        return InvariantResult(
            id: id,
            witnesses: kafka.records.count,
            violations: violations,
            reasons: [evidence.replay?.gap].compactMap(\.self),
            counts: counts
        )
    }

    /// What messages make the reservation service do to seats.
    private static let operations: Set<String> = ["confirm", "cancel"]

    private func effects(_ mysql: MySQLEvidence, _ log: [SeatLogEntry]) -> OrderEffects {
        var effects = OrderEffects(ofMessages: mysql)
        // A sale that was taken back may be made again, and what Redis lost is not in its log.
        let unsure = Set(
            log.filter { $0.operation == "correct" || $0.operation == SeatLogOpening.restore.rawValue }.map(\.event)
        )
        for entry in log where entry.operation == "confirm" && !entry.order.isEmpty && !unsure.contains(entry.event) {
            effects.add("a sale of \(entry.seat) in Redis", to: entry.order)
        }
        return effects
    }
}
