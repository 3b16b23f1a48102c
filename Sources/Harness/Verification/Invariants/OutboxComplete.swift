/// Each outbox row is in Kafka at least once, and nothing is in Kafka without a row.
package struct OutboxComplete: Invariant {
    package let id = "outbox-complete"
    package let sentence = "each outbox row is in Kafka, and nothing else"

    package init() {}

    package func judge(_ evidence: Evidence) -> InvariantResult {
        guard let mysql = evidence.mysql.content, let kafka = evidence.kafka.content else {
            return InvariantResult(id: id, witnesses: 0, reasons: evidence.gaps)
        }
        let published = Set(kafka.records.map(\.id))
        let rows = Set(mysql.outbox.map(\.messageID))
        var violations: [Violation] = []
        var reasons = evidence.isHurried ? restless(evidence) : []
        for row in mysql.outbox where !published.contains(row.messageID) {
            if !row.isSent, evidence.isHurried { continue }
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
