import Contract

/// What has happened has its outbox row, each row is in Kafka at least once, and nothing is in Kafka without a row.
///
/// Of a suite at work, what was written a moment before MySQL was read, or after, is not judged.
package struct OutboxComplete: Invariant {
    package let id = "outbox-complete"
    package let sentence = "what happened is in the outbox, each row of it in Kafka, and nothing else"

    package init() {}

    package func judge(_ evidence: Evidence) -> InvariantResult {
        guard let mysql = evidence.mysql.content, let kafka = evidence.kafka.content else {
            return InvariantResult(id: id, witnesses: 0, reasons: evidence.gaps)
        }
        let published = Set(kafka.records.map(\.id))
        let rows = Set(mysql.outbox.map(\.messageID))
        var violations = unannounced(mysql)
        let isAtWork = evidence.isHurried || evidence.unrest != nil
        var reasons = evidence.isHurried ? restless(evidence) : []
        for row in mysql.outbox where !published.contains(row.messageID) {
            if !row.isSent, evidence.isHurried || (isAtWork && row.isYoung) {
                reasons += restless(evidence)
                continue
            }
            if kafka.trimmed.contains(where: { $0.hasPrefix(row.topic + "/") }) {
                reasons.append("Kafka has thrown away the beginning of \(row.topic)")
                continue
            }
            let state = row.isSent ? "is marked sent" : "was never sent"
            violations.append(
                violation(
                    row.order,
                    mysql,
                    "the outbox row \(row.messageID) (\(row.kind)) \(state) and is not in Kafka"
                )
            )
        }
        for record in kafka.records where !rows.contains(record.id) {
            // Its row may have been written after MySQL was read.
            if isAtWork, kafka.late.contains(record.id) {
                reasons += restless(evidence)
                continue
            }
            let place = "\(record.topic)/\(record.partition) at \(record.offset)"
            violations.append(violation(record.order, mysql, "the message \(place) (\(record.id)) has no outbox row"))
        }
        return InvariantResult(
            id: id,
            witnesses: mysql.outbox.count,
            violations: violations,
            reasons: Array(Set(reasons)).sorted(),
            counts: ["outbox": mysql.outbox.count, "kafka": kafka.records.count]
        )
    }

    /// What was committed without the row that belongs into the same transaction.
    private func unannounced(_ mysql: MySQLEvidence) -> [Violation] {
        var announced: [String: Set<String>] = [:]
        for row in mysql.outbox { announced[row.order, default: []].insert(row.kind) }
        var due = mysql.money.transitions.mapValues { Set($0.compactMap(\.announcement)) }
        for order in Set(mysql.tickets.compactMap(\.order)) {
            due[order, default: []].insert(ReservationEvent.Kind.confirmed.rawValue)
        }
        return due.sorted { $0.key < $1.key }.flatMap { order, kinds in
            kinds.subtracting(announced[order] ?? []).sorted().map {
                violation(order, mysql, "order \(order) has no row in the outbox that says \($0), and it has happened")
            }
        }
    }

    private func violation(_ order: String, _ mysql: MySQLEvidence, _ message: String) -> Violation {
        let known = mysql.orders[order]
        return Violation(
            event: known?.event ?? "",
            seat: known?.seats.min() ?? "",
            message: message,
            orders: [order],
            users: [known?.user].compactMap(\.self)
        )
    }
}

extension MoneyEvidence.Transition {
    /// The kind of message that announces it; nil where none does.
    fileprivate var announcement: String? {
        switch OrderStatus(rawValue: to) {
        case .paid: OrderEvent.Kind.paid.rawValue
        case .cancelled: OrderEvent.Kind.cancelled.rawValue
        // When rejected seats are refunded the reservation service has freed them, and said so.
        case .refunded where from != OrderStatus.paid.rawValue: OrderEvent.Kind.cancelled.rawValue
        default: nil
        }
    }
}
