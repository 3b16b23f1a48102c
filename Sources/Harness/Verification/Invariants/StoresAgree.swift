import Contract

/// Sold in Redis ⇔ ticket in MySQL ⇔ confirmed in Kafka ⇔ what clients were told; no hold on a sold seat, nor for an ended order.
///
/// Two sources that name different buyers, or a hold on a sold seat, violate it. So does a sale that one source has and another lacks, once
/// the suite has come to rest; before, a message that is late cannot be told from one that is lost, and the verdict is inconclusive.
package struct StoresAgree: Invariant {
    package let id = "stores-agree"
    package let sentence = "Redis, MySQL, Kafka and the clients tell one story of every seat"

    package init() {}

    package func judge(_ evidence: Evidence) -> InvariantResult {
        guard let redis = evidence.redis.content, let mysql = evidence.mysql.content,
            let kafka = evidence.kafka.content,
            let clients = evidence.clients.content
        else { return InvariantResult(id: id, witnesses: 0, reasons: evidence.gaps) }

        let tickets = buyers(mysql.tickets.map { ($0.order ?? "", [$0.seat]) })
        let confirmed = mysql.orders.values.filter { $0.status == .confirmed }
        let ordered = buyers(confirmed.map { order in (order.id, order.seats.map { SeatID(order.event, $0) }) })
        let published = buyers(kafka.confirmed.map { ($0.key, Array($0.value)) })

        var violations = contradictions(redis, tickets: tickets, ordered: ordered, published: published)
        for seat in redis.holds.keys.sorted() where redis.sold[seat] != nil || tickets[seat] != nil {
            let user = redis.holds[seat]?.user ?? "nobody"
            violations.append(
                Violation(
                    event: seat.event,
                    seat: seat.seat,
                    message: "sold, and held by \(user) in Redis",
                    users: [user]
                )
            )
        }

        violations += kept(redis, mysql)

        var reasons = evidence.gaps
        let sold = Set(redis.sold.keys)
        // A box-office sale has a ticket, and no order that could be confirmed.
        let sales = Set(redis.sold.filter { !$0.value.order.isEmpty }.keys)
        let differences =
            difference(sold, Set(tickets.keys), "sold in Redis", "a ticket in MySQL")
            + difference(sales, Set(ordered.keys), "sold in Redis", "in a CONFIRMED order in MySQL")
            + difference(sales, Set(published.keys), "sold in Redis", "confirmed in Kafka")
        if evidence.unrest == nil, kafka.trimmed.isEmpty {
            violations += differences.map { Violation(event: $0.seat.event, seat: $0.seat.seat, message: $0.text) }
        } else {
            reasons += differences.map(\.text)
        }
        reasons += messages(mysql, kafka)
        reasons += accepted(clients, mysql)
        let told = clients.orders.values.filter { mysql.orders[$0.id]?.status == .confirmed && $0.status == .confirmed }
        let untold = clients.orders.values.filter { mysql.orders[$0.id]?.status == .confirmed && !$0.status.isFinal }
        return InvariantResult(
            id: id,
            witnesses: sold.count,
            violations: violations,
            reasons: reasons,
            counts: [
                "redis": sold.count,
                "tickets": mysql.tickets.count,
                "orders": ordered.count,
                "kafka": published.count,
                "clients": told.reduce(0) { $0 + $1.seats.count },
                "clients not told": untold.reduce(0) { $0 + $1.seats.count },
            ]
        )
    }

    /// The orders to which each seat went.
    ///
    /// More than one is oversell's to judge; here it must not hide that one of them agrees.
    private func buyers(_ sales: [(order: String, seats: [SeatID])]) -> [SeatID: Set<String>] {
        var buyers: [SeatID: Set<String>] = [:]
        for sale in sales {
            for seat in sale.seats { buyers[seat, default: []].insert(sale.order) }
        }
        return buyers
    }

    /// Seats still held for an order that has ended without them: they should be free again.
    private func kept(_ redis: RedisEvidence, _ mysql: MySQLEvidence) -> [Violation] {
        redis.holds.sorted { $0.key < $1.key }.compactMap { seat, hold in
            guard let order = hold.order.flatMap({ mysql.orders[$0] }), order.status.isFinal, order.status != .confirmed
            else { return nil }
            return Violation(
                event: seat.event,
                seat: seat.seat,
                message: "still held for order \(order.id), which is \(order.status.rawValue)",
                orders: [order.id],
                users: [hold.user]
            )
        }
    }

    private func contradictions(
        _ redis: RedisEvidence,
        tickets: [SeatID: Set<String>],
        ordered: [SeatID: Set<String>],
        published: [SeatID: Set<String>]
    ) -> [Violation] {
        redis.sold.sorted { $0.key < $1.key }.compactMap { seat, sold in
            let told = [("ticket", tickets[seat]), ("order", ordered[seat]), ("Kafka", published[seat])]
            let others = told.compactMap { source, orders in
                orders.flatMap { $0.contains(sold.order) ? nil : (source: source, orders: $0.sorted()) }
            }
            guard !others.isEmpty else { return nil }
            let text = others.map { "\($0.source) \($0.orders.joined(separator: ", "))" }.joined(separator: ", ")
            return Violation(
                event: seat.event,
                seat: seat.seat,
                message: "sold to order \(sold.order) in Redis, but \(text)",
                orders: [sold.order] + others.flatMap(\.orders),
                users: [sold.user]
            )
        }
    }

    /// Orders that clients were told of and MySQL has not, and the other way round.
    private func accepted(_ clients: ClientEvidence, _ mysql: MySQLEvidence) -> [String] {
        var reasons: [String] = []
        let lost = clients.orders.keys.filter { mysql.orders[$0] == nil }.sorted()
        if !lost.isEmpty {
            reasons.append("clients were told of \(lost.count) orders that MySQL does not have: \(listed(lost))")
        }
        // An order that was refused, and whose holds may have been pinned all the same, is cancelled and gives its key back.
        let strange = mysql.orders.values.filter { order in
            clients.orders[order.id] == nil && !order.wasNeverAccepted && !clients.unansweredKeys.contains(order.key)
        }
        if !strange.isEmpty {
            reasons.append(
                "MySQL has \(strange.count) orders that no client was told of, and whose keys no client was left without an answer to: "
                    + listed(strange.map(\.id).sorted())
            )
        }
        let wrong = clients.orders.values.filter { order in
            order.status.isFinal && mysql.orders[order.id].map { $0.status != order.status } == true
        }
        if !wrong.isEmpty {
            let named = wrong.map { "\($0.id) (\($0.status.rawValue))" }.sorted()
            reasons.append("clients were told an end that MySQL does not know: \(listed(named))")
        }
        return reasons
    }

    /// The run's outbox rows that are marked sent and of which no message is in Kafka; those of runs before may be gone from it.
    private func messages(_ mysql: MySQLEvidence, _ kafka: KafkaEvidence) -> [String] {
        let sent = Set(mysql.outbox.filter(\.isSent).map(\.messageID))
        let missing = sent.subtracting(kafka.messageIDs).sorted()
        guard !missing.isEmpty else { return [] }
        return ["\(missing.count) outbox rows are marked sent, but their messages are not in Kafka: \(listed(missing))"]
    }

    /// What one of two sources has and the other lacks, with the first seat of which that is so.
    private func difference(
        _ left: Set<SeatID>,
        _ right: Set<SeatID>,
        _ here: String,
        _ there: String
    ) -> [(seat: SeatID, text: String)] {
        var differences: [(seat: SeatID, text: String)] = []
        for (seats, has, lacks) in [(left.subtracting(right), here, there), (right.subtracting(left), there, here)] {
            guard let first = seats.min() else { continue }
            let names = listed(seats.sorted().map(\.description))
            differences.append((first, "\(seats.count) seats are \(has), but not \(lacks): \(names)"))
        }
        return differences
    }

    private func listed(_ names: [String]) -> String {
        names.prefix(5).joined(separator: ", ") + (names.count > 5 ? " and \(names.count - 5) more" : "")
    }
}

extension MySQLEvidence.Order {
    /// Whether its caller was refused: only a 201 binds a key.
    fileprivate var wasNeverAccepted: Bool { status == .cancelled && key == "freed \(id)" }
}
