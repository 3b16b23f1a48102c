import Contract
import Linearizability
import Testing

@testable import Verification

/// One way to corrupt a clean run, and the verdicts it must lead to; what is not named must hold.
struct Corruption: Sendable, CustomTestStringConvertible {
    var testDescription: String
    var verdicts: [String: Verdict]
    var apply: @Sendable (inout Evidence) -> Void

    init(_ name: String, _ verdicts: [String: Verdict], _ apply: @escaping @Sendable (inout Evidence) -> Void) {
        testDescription = name
        self.verdicts = verdicts
        self.apply = apply
    }
}

private let seat = SeatID("e1", "R1C1")

private let corruptions: [Corruption] = [
    Corruption("a seat has two tickets", ["oversell": .violated]) {
        $0.change(mysql: { $0.tickets.append(.init(id: 9, seat: seat, order: "o1", user: "ann")) })
    },
    Corruption("a seat has two tickets of two orders", ["oversell": .violated]) {
        $0.change(mysql: { $0.tickets.append(.init(id: 9, seat: seat, order: "o2", user: "bob")) })
    },
    Corruption("a seat is in two confirmed orders", ["oversell": .violated, "stores-agree": .violated]) {
        $0.change(
            clients: { $0.orders["o2"]?.seats = [seat] },
            redis: { $0.sold[seat]?.order = "o2" },
            mysql: { $0.orders["o2"]?.seats = ["R1C1"] }
        )
    },
    Corruption("Kafka confirmed a seat to two orders", ["oversell": .violated]) {
        $0.change(kafka: { $0.confirmed["o1", default: []].insert(SeatID("e1", "R1C2")) })
    },
    Corruption("two clients were promised one seat", ["oversell": .violated, "stores-agree": .inconclusive]) {
        $0.change(clients: { $0.orders["o9"] = .init(id: "o9", user: "dan", seats: [seat], status: .confirmed) })
    },
    Corruption(
        "Redis sold a seat to another order than the ticket",
        ["oversell": .violated, "stores-agree": .violated]
    ) {
        $0.change(redis: { $0.sold[seat]?.order = "o7" })
    },
    Corruption("a ticket row is missing", ["stores-agree": .inconclusive]) {
        $0.change(mysql: { $0.tickets.removeFirst() })
    },
    Corruption("a sold seat is missing in Redis", ["stores-agree": .inconclusive]) {
        $0.change(redis: { $0.sold[seat] = nil })
    },
    Corruption("a confirmation is missing in Kafka", ["stores-agree": .inconclusive]) {
        $0.change(kafka: { $0.confirmed["o1"] = nil })
    },
    Corruption("an outbox row marked sent is missing in Kafka", ["stores-agree": .inconclusive]) {
        $0.change(kafka: { $0.messageIDs.remove("order.events/1") })
    },
    Corruption("a confirmed order is missing in MySQL", ["stores-agree": .inconclusive]) {
        $0.change(mysql: { $0.orders["o1"] = nil })
    },
    Corruption("a client was told CONFIRMED of a cancelled order", ["stores-agree": .inconclusive]) {
        $0.change(clients: { $0.orders["o3"]?.status = .confirmed })
    },
    Corruption("somebody else orders in the run's event", ["stores-agree": .inconclusive]) {
        $0.change(mysql: { $0.orders["o9"] = .init(id: "o9", user: "eve", event: "e1", status: .cancelled, seats: []) })
    },
    Corruption("a sold seat is held", ["stores-agree": .violated]) {
        $0.change(redis: { $0.holds[seat] = .init(user: "dan", order: nil, deadline: 1) })
    },
    Corruption("a seat is still held for a cancelled order", ["stores-agree": .violated]) {
        $0.change(redis: { $0.holds[SeatID("e1", "R1C3")] = .init(user: "cid", order: "o3", deadline: 1) })
    },
    Corruption("a seat is granted while another holds it", ["hold-exclusive": .violated]) {
        $0.change(clients: { $0.grants.append(grant("dan", "R1C1", from: 30_999, until: 60_999)) })
    },
    Corruption(
        "the seats' log has lost its beginning",
        [
            "seat-history": .inconclusive, "honest-refusal": .inconclusive, "owner-only": .inconclusive,
            "no-early-loss": .inconclusive,
        ]
    ) {
        $0.change(redis: { $0.logGap = "Redis has dropped the oldest" })
    },
    Corruption(
        "two replies are swapped",
        ["seat-history": .violated]
    ) {
        $0.change(clients: { (clients: inout ClientEvidence) in
            clients.seatCalls[0].outcome = .conflict
            clients.seatCalls[1].outcome = .ok
        })
    },
    Corruption("a seat is refused before anybody had it", ["seat-history": .violated, "honest-refusal": .violated]) {
        $0.change(clients: { $0.seatCalls.append(seatCall("dan", "R1C1", .hold, outcome: .conflict, at: 900)) })
    },
    Corruption("a confirm is moved past the end of its pin", ["seat-history": .violated]) {
        $0.change(redis: { $0.log[2].time = 40_000 })
    },
    Corruption("a version is renumbered", ["seat-history": .violated]) {
        $0.change(redis: { (redis: inout RedisEvidence) in
            redis.log[1].version += 1
            redis.log[2].version -= 1
        })
    },
    Corruption("a stranger releases a hold", ["seat-history": .violated, "owner-only": .violated]) {
        $0.change(redis: { (redis: inout RedisEvidence) in
            redis.log[7] = entry("release", "R1C3", .held, .available, "eve", at: 1_200, version: 2)
            redis.log.remove(at: 8)
        })
    },
    Corruption("a hold ends before its time", ["seat-history": .violated, "no-early-loss": .violated]) {
        $0.change(redis: { (redis: inout RedisEvidence) in
            redis.log[7] = entry("expire", "R1C3", .held, .available, "cid", at: 1_200, version: 2)
            redis.log[8] = entry("hold", "R1C3", .available, .held, "fay", at: 1_300, version: 3, until: 31_300)
        })
    },
    Corruption("a hold is left without a time to live", ["no-orphan-hold": .violated]) {
        $0.change(redis: {
            $0.holds[SeatID("e1", "R1C4")] = .init(user: "dan", order: nil, deadline: 9_000_000, expires: false)
        })
    },
    Corruption("a hold is left after its deadline", ["no-orphan-hold": .violated]) {
        $0.change(redis: { (redis: inout RedisEvidence) in
            redis.now = 50_000
            redis.holds[SeatID("e1", "R1C4")] = .init(user: "dan", order: nil, deadline: 31_000)
        })
    },
    Corruption("the suite did not come to rest", ["oversell": .inconclusive, "stores-agree": .inconclusive]) {
        $0.unrest = "the suite did not come to rest: 1 orders unfinished"
    },
    Corruption(
        "Redis is gone",
        [
            "oversell": .inconclusive, "stores-agree": .inconclusive, "seat-history": .inconclusive,
            "honest-refusal": .inconclusive, "owner-only": .inconclusive, "no-early-loss": .inconclusive,
            "no-orphan-hold": .inconclusive,
        ]
    ) {
        $0.redis = .unreadable(name: "Redis", reason: "connection refused")
    },
    Corruption("MySQL is gone", ["oversell": .inconclusive, "stores-agree": .inconclusive]) {
        $0.mysql = .unreadable(name: "MySQL", reason: "connection refused")
    },
    Corruption("Kafka is gone", ["oversell": .inconclusive, "stores-agree": .inconclusive]) {
        $0.kafka = .unreadable(name: "Kafka", reason: "connection refused")
    },
    Corruption(
        "the history is gone",
        [
            "oversell": .inconclusive, "stores-agree": .inconclusive, "hold-exclusive": .inconclusive,
            "seat-history": .inconclusive, "honest-refusal": .inconclusive, "owner-only": .inconclusive,
            "no-early-loss": .inconclusive,
        ]
    ) {
        $0.clients = .unreadable(name: "the clients' history", reason: "no such file")
    },
    Corruption(
        "nothing was sold",
        Dictionary(uniqueKeysWithValues: everyInvariant.map { ($0.id, Verdict.inconclusive) })
    ) {
        $0.change(clients: { $0 = .init() }, redis: { $0 = .init() }, mysql: { $0 = .init() }, kafka: { $0 = .init() })
    },
]

@Suite("Each corruption of a clean run trips exactly the invariants that it must")
struct CorruptionTests {
    @Test("a clean run holds, and its witnesses are the sold seats and the grants")
    func clean() {
        let results = Verification.judge(cleanRun())
        #expect(results.allSatisfy { $0.verdict == .holds }, "\(results)")
        #expect(results.prefix(3).map(\.witnesses) == [2, 2, 3])
        #expect(Oversell.count(cleanRun()) == 0)
    }

    @Test("a corruption", arguments: corruptions)
    func corrupted(_ corruption: Corruption) {
        var evidence = cleanRun()
        corruption.apply(&evidence)
        for result in Verification.judge(evidence) {
            #expect(result.verdict == corruption.verdicts[result.id, default: .holds], "\(result)")
            #expect(result.verdict != .inconclusive || !result.reasons.isEmpty)
        }
    }

    @Test("an oversold seat names its orders and users, and is counted")
    func names() throws {
        var evidence = cleanRun()
        evidence.change(mysql: { $0.tickets.append(.init(id: 9, seat: seat, order: "o2", user: "bob")) })
        let violation = try #require(Oversell().judge(evidence).violations.first)
        #expect(violation.orders == ["o1", "o2"])
        #expect(violation.users == ["ann", "bob"])
        #expect(violation.seat == "R1C1")
        #expect(Oversell.count(evidence) == 1)
    }
}
