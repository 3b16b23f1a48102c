import Contract

/// What a client was told stands: an accepted order exists, and one seen CONFIRMED is CONFIRMED, its seats SOLD, its message in Kafka.
///
/// What a service was told stands as well: whoever reads a message has recorded that it had its effect.
package struct NothingLost: Invariant {
    package let id = "nothing-lost"
    package let sentence = "what a client was told of an order stands, and no message is lost on its reader"

    package init() {}

    package func judge(_ evidence: Evidence) -> InvariantResult {
        guard let mysql = evidence.mysql.content, let redis = evidence.redis.content,
            let kafka = evidence.kafka.content, let clients = evidence.clients.content
        else { return InvariantResult(id: id, witnesses: 0, reasons: evidence.gaps) }
        var violations = evidence.isHurried ? [] : unheard(kafka, mysql, isAtWork: evidence.unrest != nil)
        var reasons: [String] = []
        for told in clients.orders.values.sorted(by: { $0.id < $1.id }) {
            var losses: [String] = []
            let stored = mysql.orders[told.id]
            if stored == nil { losses.append("is not in MySQL") }
            if told.status == .confirmed {
                if let stored, stored.status != .confirmed { losses.append("is \(stored.status.rawValue) in MySQL") }
                let unsold = told.seats.filter { redis.sold[$0]?.order != told.id }
                if !unsold.isEmpty { losses.append("has seats not SOLD to it in Redis: \(names(unsold))") }
                let unsaid = told.seats.filter { kafka.confirmed[told.id]?.contains($0) != true }
                if !unsaid.isEmpty, kafka.trimmed.isEmpty {
                    losses.append("has seats without SEATS_CONFIRMED in Kafka: \(names(unsaid))")
                } else if !unsaid.isEmpty {
                    reasons.append(
                        "Kafka has thrown away the beginning of \(kafka.trimmed.sorted().joined(separator: ", "))"
                    )
                }
            }
            guard !losses.isEmpty, let seat = told.seats.min() else { continue }
            violations.append(
                Violation(
                    event: seat.event,
                    seat: seat.seat,
                    message: "order \(told.id), of which \(told.user) was told \(told.status.rawValue), "
                        + losses.joined(separator: ", "),
                    orders: [told.id],
                    users: [told.user]
                )
            )
        }
        return InvariantResult(
            id: id,
            witnesses: clients.orders.count + kafka.records.count,
            violations: violations,
            reasons: evidence.gaps + Array(Set(reasons))
        )
    }

    /// Messages that are in Kafka and had no effect; of readers at work, only those that they have committed.
    private func unheard(_ kafka: KafkaEvidence, _ mysql: MySQLEvidence, isAtWork: Bool) -> [Violation] {
        kafka.records.filter { record in
            guard !mysql.consumed.contains(record.id) else { return false }
            guard isAtWork else { return true }
            return kafka.committed["\(record.topic)/\(record.partition)"].map { record.offset < $0 } ?? false
        }.map { record in
            let order = mysql.orders[record.order]
            return Violation(
                event: order?.event ?? "",
                seat: order?.seats.min() ?? "",
                message:
                    "message \(record.id) of order \(record.order) is in Kafka, and its reader has not recorded it",
                orders: [record.order],
                users: [order?.user].compactMap(\.self)
            )
        }
    }

    private func names(_ seats: [SeatID]) -> String { seats.map(\.seat).sorted().joined(separator: ", ") }
}
