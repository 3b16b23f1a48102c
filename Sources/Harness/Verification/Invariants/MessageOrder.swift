/// An order's messages are in one partition, under its own key, and were first delivered in the order of their outbox rows.
package struct MessageOrder: Invariant {
    package let id = "message-order"
    package let sentence = "an order's messages are in order"

    package init() {}

    package func judge(_ evidence: Evidence) -> InvariantResult {
        guard let kafka = evidence.kafka.content, let mysql = evidence.mysql.content else {
            return InvariantResult(id: id, witnesses: 0, reasons: evidence.gaps)
        }
        var violations: [Violation] = []
        let byOrder = Dictionary(grouping: kafka.records) { "\($0.topic) \($0.order)" }
        for (_, records) in byOrder.sorted(by: { $0.key < $1.key }) {
            guard let wrong = disorder(records), let first = records.first else { continue }
            let order = mysql.orders[first.order]
            violations.append(
                Violation(
                    event: order?.event ?? "",
                    seat: order?.seats.min() ?? "",
                    message: "the messages of order \(first.order) in \(first.topic) \(wrong)",
                    orders: [first.order],
                    users: [order?.user].compactMap(\.self)
                )
            )
        }
        return InvariantResult(id: id, witnesses: kafka.records.count, violations: violations)
    }

    /// What is wrong with the messages of one order in one topic, or nil.
    private func disorder(_ records: [KafkaRecord]) -> String? {
        let partitions = Set(records.map(\.partition))
        guard partitions.count == 1 else { return "are in the partitions \(partitions.sorted())" }
        if let stranger = records.first(where: { $0.key != $0.order }) { return "have the key \(stranger.key)" }
        var seen: Set<Int64> = []
        var last: Int64 = 0
        for record in records.sorted(by: { $0.offset < $1.offset }) {
            guard let row = record.row else { return "have the id \(record.id)" }
            // Sent again, as at-least-once delivery may, a message changes nothing.
            guard seen.insert(row).inserted else { continue }
            guard row > last else { return "are not in the order of the outbox: row \(row) after row \(last)" }
            last = row
        }
        return nil
    }
}
