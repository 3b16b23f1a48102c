import Contract
import Linearizability

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

    for (user, seat, order) in [("ann", "R1C1", "o1"), ("bob", "R1C2", "o2"), ("cid", "R1C3", "o3")] {
        clients.seatCalls.append(seatCall(user, seat, .hold, at: 1_000, version: 1 << 32 + 1, until: 31_000))
        let loser = seatCall("eve", seat, .hold, outcome: .conflict, at: 1_010)
        clients.seatCalls.append(loser)
        let end = order == "o3" ? ("cancel", SeatStatus.available) : ("confirm", SeatStatus.sold)
        redis.log += [
            entry("hold", seat, .available, .held, user, at: 1_001, version: 1, until: 31_000),
            entry("pin", seat, .held, .held, user, order, at: 1_200, version: 2, until: 31_200),
            entry(end.0, seat, .held, end.1, user, order, at: 1_400, version: 3),
        ]
    }

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

/// A request about a seat that took 5 ms from `at`.
func seatCall(
    _ user: String,
    _ seat: String,
    _ action: SeatModel.Operation.Action,
    outcome: SeatModel.Operation.Outcome = .ok,
    at: Int64,
    version: Int64? = nil,
    until: Int64? = nil
) -> ClientSeatCall {
    ClientSeatCall(
        seat: SeatID("e1", seat),
        user: user,
        action: action,
        outcome: outcome,
        isOptional: false,
        invoke: at * 1000,
        return: (at + 5) * 1000,
        deadline: until.map { $0 * 1000 },
        version: version,
        index: Int(at),
        fact: SeatFact(
            from: at * 1000,
            to: (at + 5) * 1000,
            user: user,
            what: "\(action): \(outcome)",
            source: "clients",
            order: "",
            trace: "",
            faults: []
        )
    )
}

/// An entry of the seats' log; versions are counted in the first epoch.
func entry(
    _ operation: String,
    _ seat: String,
    _ from: SeatStatus,
    _ to: SeatStatus,
    _ user: String,
    _ order: String = "",
    at: Int64,
    version: Int64,
    until: Int64? = nil
) -> SeatLogEntry {
    SeatLogEntry(
        event: "e1",
        time: at,
        operation: operation,
        seat: seat,
        from: from,
        to: to,
        user: user,
        order: order,
        version: 1 << 32 + version,
        deadline: until
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
