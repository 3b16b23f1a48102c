import Contract

@testable import Verification

/// Evidence of a run in which everything is right: seats R1C1 and R1C2 sold to ann and bob, a third order cancelled.
func cleanRun() -> Evidence {
    var redis = RedisEvidence()
    redis.sold[SeatID("e1", "R1C1")] = .init(order: "o1", user: "ann", version: 3)
    redis.sold[SeatID("e1", "R1C2")] = .init(order: "o2", user: "bob", version: 3)

    var mysql = MySQLEvidence()
    mysql.orders["o1"] = .init(id: "o1", user: "ann", event: "e1", status: .confirmed, seats: ["R1C1"])
    mysql.orders["o2"] = .init(id: "o2", user: "bob", event: "e1", status: .confirmed, seats: ["R1C2"])
    mysql.orders["o3"] = .init(id: "o3", user: "cid", event: "e1", status: .cancelled, seats: ["R1C3"])
    mysql.tickets = [
        .init(id: 1, seat: SeatID("e1", "R1C1"), order: "o1", user: "ann"),
        .init(id: 2, seat: SeatID("e1", "R1C2"), order: "o2", user: "bob"),
    ]
    mysql.sent = ["order.events/1", "reservation.events/2"]

    var kafka = KafkaEvidence()
    kafka.confirmed = ["o1": [SeatID("e1", "R1C1")], "o2": [SeatID("e1", "R1C2")]]
    kafka.messageIDs = ["order.events/1", "reservation.events/2"]

    var clients = ClientEvidence()
    clients.grants = [
        grant("ann", "R1C1", from: 1_000, until: 31_000),
        grant("bob", "R1C2", from: 1_000, until: 31_000),
        grant("cid", "R1C3", from: 1_000, until: 31_000),
    ]
    clients.orders["o1"] = .init(id: "o1", user: "ann", seats: [SeatID("e1", "R1C1")], status: .confirmed)
    clients.orders["o2"] = .init(id: "o2", user: "bob", seats: [SeatID("e1", "R1C2")], status: .confirmed)
    clients.orders["o3"] = .init(id: "o3", user: "cid", seats: [SeatID("e1", "R1C3")], status: .cancelled)

    return Evidence(
        events: ["e1"],
        clients: .read(clients),
        redis: .read(redis),
        mysql: .read(mysql),
        kafka: .read(kafka)
    )
}

/// A hold that `user` was granted, with a token of its own.
func grant(
    _ user: String,
    _ seat: String,
    from: Int64,
    until: Int64,
    version: Int64 = 1 << 32 + 1
) -> ClientEvidence.Grant {
    .init(
        user: user,
        seat: SeatID("e1", seat),
        token: "\(user)-\(from)",
        from: from,
        until: until,
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
        kafka: ((inout KafkaEvidence) -> Void)? = nil
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
    }
}
