import Contract
import Linearizability

@testable import Verification

/// Evidence of a run in which everything is right: seats R1C1 and R1C2 sold to ann and bob, a third order cancelled.
func cleanRun() -> Evidence {
    var redis = RedisEvidence()
    redis.sold[SeatID("e1", "R1C1")] = .init(order: "o1", user: "ann", version: 3)
    redis.sold[SeatID("e1", "R1C2")] = .init(order: "o2", user: "bob", version: 3)

    redis.log = cleanLog()

    var mysql = MySQLEvidence()
    mysql.orders["o1"] = .paid("o1", by: "ann", seats: ["R1C1"])
    mysql.orders["o2"] = .paid("o2", by: "bob", seats: ["R1C2"])
    mysql.orders["o3"] = .paid("o3", by: "cid", seats: ["R1C3"], status: .cancelled)
    mysql.tickets = [
        .init(id: 1, seat: SeatID("e1", "R1C1"), order: "o1", user: "ann"),
        .init(id: 2, seat: SeatID("e1", "R1C2"), order: "o2", user: "bob"),
    ]
    for column in 1...3 { mysql.prices[SeatID("e1", "R1C\(column)")] = 100 }
    mysql.money = cleanMoney()
    mysql.outbox = [
        .init(id: 1, topic: Topic.orderEvents, order: "o1", kind: "ORDER_PAID", isSent: true),
        .init(id: 2, topic: Topic.reservationEvents, order: "o1", kind: "SEATS_CONFIRMED", isSent: true),
        .init(id: 3, topic: Topic.orderEvents, order: "o2", kind: "ORDER_PAID", isSent: true),
        .init(id: 4, topic: Topic.reservationEvents, order: "o2", kind: "SEATS_CONFIRMED", isSent: true),
        .init(id: 5, topic: Topic.orderEvents, order: "o3", kind: "ORDER_CANCELLED", isSent: true),
        .init(id: 6, topic: Topic.reservationEvents, order: "o3", kind: "SEATS_RELEASED", isSent: true),
    ]
    mysql.consumed = Set(mysql.outbox.map(\.messageID))

    var kafka = KafkaEvidence()
    kafka.confirmed = ["o1": [SeatID("e1", "R1C1")], "o2": [SeatID("e1", "R1C2")]]
    kafka.messageIDs = mysql.consumed
    kafka.records = mysql.outbox.map { row in
        .init(id: row.messageID, topic: row.topic, partition: 0, offset: row.id, key: row.order, order: row.order)
    }

    var clients = ClientEvidence()
    clients.grants = [
        grant("ann", "R1C1", from: 1_000, until: 31_000),
        grant("bob", "R1C2", from: 1_000, until: 31_000),
        grant("cid", "R1C3", from: 1_000, until: 31_000),
    ]
    clients.orders["o1"] = .init(id: "o1", user: "ann", seats: [SeatID("e1", "R1C1")], status: .confirmed)
    clients.orders["o2"] = .init(id: "o2", user: "bob", seats: [SeatID("e1", "R1C2")], status: .confirmed)
    clients.orders["o3"] = .init(id: "o3", user: "cid", seats: [SeatID("e1", "R1C3")], status: .cancelled)

    for (key, order, user, seat) in [
        ("k1", "o1", "ann", "R1C1"), ("k2", "o2", "bob", "R1C2"), ("k3", "o3", "cid", "R1C3"),
    ] {
        let answer = ClientEvidence.Placed(order: order, seats: [SeatID("e1", seat)], reply: "{\(order)}")
        // Asked twice, answered twice alike.
        clients.placed[.init(user: user, key: key)] = [answer, answer]
    }
    clients.orderRequests = 6
    clients.seatCalls = [
        hold("ann", "R1C1", at: 1_000, version: 1), hold("bob", "R1C2", at: 1_000, version: 1),
        hold("cid", "R1C3", at: 1_000, version: 1), hold("dan", "R1C1", at: 1_500, refused: .conflict),
    ]
    clients.streams = cleanStreams()
    clients.requests = (0..<40).map { .init(at: Double($0), until: Double($0) + 0.1, isAnswered: true) }

    return Evidence(
        events: ["e1"],
        clients: .read(clients),
        redis: .read(redis),
        mysql: .read(mysql),
        kafka: .read(kafka),
        spans: .read(cleanSpans(["o1", "o2"]))
    )
}

/// One watcher who sees it all: the map before anything happened, five changes, a break, and what was missed in it.
private func cleanStreams() -> StreamHistory {
    let seats = ["R1C1", "R1C2", "R1C3"]
    let base = Int64(1) << 32
    let before = seats.map { SeatUpdateBody(seatId: $0, status: .available, version: base) }
    var messages = [StreamHistory.Message(id: "999-0", content: .initial(before))]
    for entry in cleanLog().sorted(by: { $0.position < $1.position }) {
        let status = SeatStatus(rawValue: entry.to) ?? .available
        let update = SeatUpdateBody(seatId: entry.seat, status: status, version: entry.version)
        messages.append(.init(id: "\(entry.position)", content: .update(update)))
    }
    func arrivals(_ range: Range<Int>) -> [StreamHistory.Arrival] {
        range.map { .init(message: $0, at: Int64($0) * 1_000_000_000) }
    }
    let first = StreamHistory.Connection(began: 0, arrivals: arrivals(0..<6), ended: 6_000_000_000, status: 200)
    let second = StreamHistory.Connection(
        began: 7_000_000_000,
        lastEventID: messages[5].id,
        arrivals: arrivals(6..<10),
        ended: 20_000_000_000,
        status: 200
    )
    return StreamHistory(
        messages: messages,
        streams: [.init(number: 0, user: "wim", event: "e1", connections: [first, second])]
    )
}

/// The traces of orders that were confirmed: each hop is the child of the one before it.
private func cleanSpans(_ orders: [String]) -> SpanEvidence {
    var spans = SpanEvidence()
    var id: UInt64 = 0
    for order in orders {
        var parent: UInt64 = 0
        for (label, _) in OrderTrace.hops {
            id += 1
            spans.add(id, label, parent: parent, trace: "t" + order)
            parent = id
        }
    }
    return spans
}

/// What the seats' log has: each seat held, then pinned to its order; two are sold, and the third freed.
private func cleanLog() -> [SeatLogEntry] {
    let orders = [("o1", "ann", "R1C1"), ("o2", "bob", "R1C2"), ("o3", "cid", "R1C3")]
    return orders.enumerated().flatMap { place, order -> [SeatLogEntry] in
        let (order, user, seat) = order
        let isSold = order != "o3"
        var entries = [
            logged("hold", seat, by: user, at: 1_000, version: 1, until: 31_000),
            logged("pin", seat, by: user, order: order, at: 2_000, version: 2, until: 32_000),
            logged(isSold ? "confirm" : "cancel", seat, by: user, order: order, at: 3_000, version: 3),
        ]
        for index in entries.indices { entries[index].sequence = Int64(place) }
        return entries
    }
}

/// An entry of the seats' log of the first epoch; times in ms by Redis' clock.
func logged(
    _ operation: String,
    _ seat: String,
    by user: String,
    order: String = "",
    at time: Int64,
    version: Int64,
    until deadline: Int64? = nil
) -> SeatLogEntry {
    SeatLogEntry(
        event: "e1",
        time: time,
        operation: operation,
        seat: seat,
        from: operation == "hold" ? .available : .held,
        to: operation == "confirm" ? .sold : deadline == nil ? .available : .held,
        user: user,
        order: order,
        version: 1 << 32 + version,
        deadline: deadline
    )
}

/// A hold asked for, 10 ms before and after `time` (ms), for 30 s; granted in that version, or refused.
func hold(
    _ user: String,
    _ seat: String,
    at time: Int64,
    version: Int64? = nil,
    refused: SeatModel.Operation.Outcome = .ok
) -> ClientSeatCall {
    let from = (time - 10) * 1_000
    let to = (time + 10) * 1_000
    let isGranted = refused == .ok
    return ClientSeatCall(
        seat: SeatID("e1", seat),
        user: user,
        action: .hold,
        outcome: refused,
        isOptional: false,
        invoke: from,
        return: to,
        ttl: 30_000_000,
        deadline: isGranted ? (time + 30_000) * 1_000 : nil,
        version: version.map { 1 << 32 + $0 },
        index: Int(time),
        fact: SeatFact(
            from: from,
            to: to,
            user: user,
            what: isGranted ? "asked for the seat: granted" : "asked for the seat: refused",
            source: "clients",
            order: "",
            trace: "",
            faults: []
        )
    )
}

/// Two charges, and a payment that was declined.
private func cleanMoney() -> MoneyEvidence {
    var money = MoneyEvidence()
    for order in ["o1", "o2"] {
        money.payments[order] = .init(amount: 100, status: .success)
        money.attempts.append(.init(order: order, kind: "authorize", amount: 100, outcome: "success"))
        money.attempts.append(.init(order: order, kind: "authorize", amount: 100, outcome: "replay"))
        money.transitions[order] = path("CREATED", "PAYING", "PAID", "CONFIRMED")
    }
    money.payments["o3"] = .init(amount: 100, status: .fail)
    money.attempts.append(.init(order: "o3", kind: "authorize", amount: 100, outcome: "fail"))
    money.transitions["o3"] = path("CREATED", "PAYING", "CANCELLED")
    return money
}

/// The transitions through these states, from nothing.
func path(_ states: String...) -> [MoneyEvidence.Transition] {
    zip([nil] + states.map(Optional.some), states).map { .init(from: $0, to: $1) }
}

extension MySQLEvidence.Order {
    /// An order of 100 a seat in event e1, whose key is its number.
    static func paid(_ id: String, by user: String, seats: [String], status: OrderStatus = .confirmed) -> Self {
        .init(
            id: id,
            user: user,
            event: "e1",
            status: status,
            seats: seats,
            amount: Int64(100 * seats.count),
            key: "k" + id.dropFirst(),
            trace: "t" + id
        )
    }
}

/// A hold that `user` was granted, with a token of its own.
func grant(
    _ user: String,
    _ seat: String,
    from: Int64,
    until: Int64,
    version: Int64 = 1 << 32 + 1,
    invoke: Double? = nil
) -> ClientEvidence.Grant {
    .init(
        user: user,
        seat: SeatID("e1", seat),
        token: "\(user)-\(from)",
        from: from,
        until: until,
        invoke: invoke ?? Double(from) - 10,
        version: version,
        index: Int(from),
        trace: String(repeating: "a", count: 32)
    )
}

extension Evidence {
    /// Changes one source, as a corruption does.
    mutating func change(
        clients: ((inout ClientEvidence) -> Void)? = nil,
        redis: ((inout RedisEvidence) -> Void)? = nil,
        mysql: ((inout MySQLEvidence) -> Void)? = nil,
        kafka: ((inout KafkaEvidence) -> Void)? = nil,
        spans: ((inout SpanEvidence) -> Void)? = nil
    ) {
        func changed<Content>(_ source: Source<Content>, _ change: ((inout Content) -> Void)?) -> Source<Content> {
            guard let change, var content = source.content else { return source }
            change(&content)
            return .read(content)
        }
        self.clients = changed(self.clients, clients)
        self.redis = changed(self.redis, redis)
        self.mysql = changed(self.mysql, mysql)
        self.kafka = changed(self.kafka, kafka)
        self.spans = self.spans.map { changed($0, spans) }
    }
}
