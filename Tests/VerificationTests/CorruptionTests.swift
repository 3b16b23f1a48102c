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
    Corruption(
        "a seat has two tickets",
        [
            "oversell": .violated, "effect-once": .violated,
        ]
    ) {
        $0.change(mysql: { $0.tickets.append(.init(id: 9, seat: seat, order: "o1", user: "ann")) })
    },
    Corruption(
        "a seat has two tickets of two orders",
        [
            "oversell": .violated, "order-atomic": .violated,
        ]
    ) {
        $0.change(mysql: { $0.tickets.append(.init(id: 9, seat: seat, order: "o2", user: "bob")) })
    },
    Corruption(
        "a seat is in two confirmed orders",
        [
            "oversell": .violated, "stores-agree": .violated, "order-atomic": .violated, "nothing-lost": .violated,
            "charge-has-ticket": .violated,
        ]
    ) {
        $0.change(
            clients: { $0.orders["o2"]?.seats = [seat] },
            redis: { $0.sold[seat]?.order = "o2" },
            mysql: { $0.orders["o2"]?.seats = ["R1C1"] }
        )
    },
    Corruption(
        "Kafka confirmed a seat to two orders",
        [
            "oversell": .violated, "order-atomic": .violated,
        ]
    ) {
        $0.change(kafka: { $0.confirmed["o1", default: []].insert(SeatID("e1", "R1C2")) })
    },
    Corruption(
        "two clients were promised one seat",
        [
            "oversell": .violated, "stores-agree": .inconclusive, "nothing-lost": .violated,
        ]
    ) {
        $0.change(clients: { $0.orders["o9"] = .init(id: "o9", user: "dan", seats: [seat], status: .confirmed) })
    },
    Corruption(
        "Redis sold a seat to another order than the ticket",
        [
            "oversell": .violated, "stores-agree": .violated, "nothing-lost": .violated,
        ]
    ) {
        $0.change(redis: { $0.sold[seat]?.order = "o7" })
    },
    Corruption(
        "a ticket row is missing",
        [
            "stores-agree": .violated, "charge-has-ticket": .violated,
        ]
    ) {
        $0.change(mysql: { $0.tickets.removeFirst() })
    },
    Corruption(
        "a sold seat is missing in Redis",
        [
            "stores-agree": .violated, "nothing-lost": .violated,
        ]
    ) {
        $0.change(redis: { $0.sold[seat] = nil })
    },
    Corruption(
        "a confirmation is missing in Kafka",
        [
            "stores-agree": .violated, "nothing-lost": .violated,
        ]
    ) {
        $0.change(kafka: { $0.confirmed["o1"] = nil })
    },
    Corruption("an outbox row marked sent is missing in Kafka", ["stores-agree": .inconclusive]) {
        $0.change(kafka: { $0.messageIDs.remove("order.events/1") })
    },
    Corruption(
        "a confirmed order is missing in MySQL",
        [
            "stores-agree": .violated, "nothing-lost": .violated,
        ]
    ) {
        $0.change(mysql: { $0.orders["o1"] = nil })
    },
    Corruption(
        "a client was told CONFIRMED of a cancelled order",
        [
            "stores-agree": .inconclusive, "nothing-lost": .violated,
        ]
    ) {
        $0.change(clients: { $0.orders["o3"]?.status = .confirmed })
    },
    Corruption(
        "somebody else orders in the run's event",
        [
            "stores-agree": .inconclusive, "saga-ends": .violated,
        ]
    ) {
        $0.change(mysql: { $0.orders["o9"] = .init(id: "o9", user: "eve", event: "e1", status: .cancelled, seats: []) })
    },
    Corruption("an order that was refused, and cancelled because its holds may have been pinned", [:]) {
        $0.change(mysql: { mysql in
            mysql.orders["o9"] = .init(
                id: "o9",
                user: "eve",
                event: "e1",
                status: .cancelled,
                seats: ["R1C5"],
                key: "freed o9"
            )
            mysql.money.transitions["o9"] = path("CREATED", "CANCELLED")
        })
        let row = OutboxRow(id: 7, topic: Topic.orderEvents, order: "o9", kind: "ORDER_CANCELLED", isSent: true)
        $0.publish(row, offset: 9)
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
        "the suite did not come to rest",
        [
            "oversell": .inconclusive, "stores-agree": .inconclusive, "order-atomic": .inconclusive,
            "nothing-lost": .inconclusive, "charge-has-ticket": .inconclusive, "money-conserved": .inconclusive,
        ]
    ) {
        $0.unrest = "the suite did not come to rest: 1 orders unfinished"
    },
    Corruption(
        "Redis is gone",
        [
            "oversell": .inconclusive, "stores-agree": .inconclusive, "seat-history": .inconclusive,
            "honest-refusal": .inconclusive, "owner-only": .inconclusive, "no-early-loss": .inconclusive,
            "no-orphan-hold": .inconclusive, "order-atomic": .inconclusive, "nothing-lost": .inconclusive,
            "sse-complete": .inconclusive, "sse-converges": .inconclusive,
        ]
    ) {
        $0.redis = .unreadable(name: "Redis", reason: "connection refused")
    },
    Corruption(
        "MySQL is gone",
        [
            "oversell": .inconclusive, "stores-agree": .inconclusive, "order-atomic": .inconclusive,
            "nothing-lost": .inconclusive, "saga-ends": .inconclusive, "idempotent": .inconclusive,
            "no-double-charge": .inconclusive, "charge-has-ticket": .inconclusive, "money-conserved": .inconclusive,
            "outbox-complete": .inconclusive, "message-order": .inconclusive, "effect-once": .inconclusive,
            "trace-complete": .inconclusive,
        ]
    ) {
        $0.mysql = .unreadable(name: "MySQL", reason: "connection refused")
    },
    Corruption(
        "Kafka is gone",
        [
            "oversell": .inconclusive, "stores-agree": .inconclusive, "order-atomic": .inconclusive,
            "nothing-lost": .inconclusive, "outbox-complete": .inconclusive, "message-order": .inconclusive,
            "effect-once": .inconclusive,
        ]
    ) {
        $0.kafka = .unreadable(name: "Kafka", reason: "connection refused")
    },
    Corruption(
        "the history is gone",
        [
            "oversell": .inconclusive, "stores-agree": .inconclusive, "hold-exclusive": .inconclusive,
            "seat-history": .inconclusive, "honest-refusal": .inconclusive, "owner-only": .inconclusive,
            "no-early-loss": .inconclusive, "no-orphan-hold": .inconclusive, "order-atomic": .inconclusive,
            "nothing-lost": .inconclusive, "idempotent": .inconclusive, "progress": .inconclusive,
            "sse-monotonic": .inconclusive, "sse-complete": .inconclusive, "sse-converges": .inconclusive,
        ]
    ) {
        $0.clients = .unreadable(name: "the clients' history", reason: "no such file")
    },
    Corruption("a hold is there long after its deadline", ["no-orphan-hold": .violated]) {
        $0.change(redis: {
            $0.now = 40_000
            $0.holds[SeatID("e1", "R1C3")] = .init(user: "cid", order: nil, deadline: 31_000)
        })
    },
    Corruption("a hold would stay for ever", ["no-orphan-hold": .violated]) {
        $0.change(redis: {
            $0.holds[SeatID("e1", "R1C3")] = .init(user: "cid", order: nil, deadline: 31_000, hasExpiry: false)
        })
    },
    Corruption(
        "of two seats of an order one has a ticket",
        [
            "stores-agree": .violated, "order-atomic": .violated, "nothing-lost": .violated,
            "charge-has-ticket": .violated,
        ]
    ) {
        $0.change(
            mysql: {
                $0.orders["o1"] = .paid("o1", by: "ann", seats: ["R1C1", "R1C4"])
                $0.prices[SeatID("e1", "R1C4")] = 0
                $0.orders["o1"]?.amount = 100
            },
            kafka: { $0.confirmed["o1"] = nil }
        )
    },
    Corruption(
        "an order is still PAYING",
        [
            "stores-agree": .inconclusive, "saga-ends": .violated,
        ]
    ) {
        $0.change(mysql: {
            $0.orders["o3"]?.status = .paying
            $0.money.transitions["o3"] = path("CREATED", "PAYING")
        })
    },
    Corruption(
        "an order is still PAYING after Ctrl-C",
        [
            "oversell": .inconclusive, "stores-agree": .inconclusive, "order-atomic": .inconclusive,
            "nothing-lost": .inconclusive, "saga-ends": .inconclusive, "charge-has-ticket": .inconclusive,
            "money-conserved": .inconclusive, "outbox-complete": .inconclusive,
        ]
    ) {
        $0.isHurried = true
        $0.unrest = "the suite did not come to rest"
        $0.change(mysql: {
            $0.orders["o3"]?.status = .paying
            $0.money.transitions["o3"] = path("CREATED", "PAYING")
        })
    },
    Corruption("an order went from CREATED to PAID", ["saga-ends": .violated]) {
        $0.change(mysql: { $0.money.transitions["o1"] = path("CREATED", "PAID", "CONFIRMED") })
    },
    Corruption("an order's transitions have a gap", ["saga-ends": .violated]) {
        $0.change(mysql: { $0.money.transitions["o1"]?.remove(at: 1) })
    },
    Corruption("one key made two orders", ["idempotent": .violated]) {
        $0.change(clients: { $0.placed[.init(user: "ann", key: "k1")]?[1].order = "o2" })
    },
    Corruption("one key was accepted with another body", ["idempotent": .violated]) {
        $0.change(clients: { $0.placed[.init(user: "ann", key: "k1")]?[1].seats = [SeatID("e1", "R1C7")] })
    },
    Corruption("a second answer differs from the first", ["idempotent": .violated]) {
        $0.change(clients: { $0.placed[.init(user: "ann", key: "k1")]?[1].reply = "{}" })
    },
    Corruption("two rows of one user have one key", ["idempotent": .violated]) {
        $0.change(mysql: {
            $0.orders["o2"]?.user = "ann"
            $0.orders["o2"]?.key = "k1"
        })
    },
    Corruption("an order was charged twice", ["no-double-charge": .violated, "money-conserved": .violated]) {
        $0.change(mysql: {
            $0.money.attempts.append(.init(order: "o1", kind: "authorize", amount: 100, outcome: "success"))
        })
    },
    Corruption("an order was charged too much", ["no-double-charge": .violated, "money-conserved": .violated]) {
        $0.change(mysql: { $0.money.attempts[0].amount = 101 })
    },
    Corruption("a payment without an attempt", ["no-double-charge": .violated, "money-conserved": .violated]) {
        $0.change(mysql: { $0.money.attempts.removeAll { $0.order == "o1" } })
    },
    Corruption(
        "a cancelled order was charged",
        ["charge-has-ticket": .violated, "money-conserved": .violated]
    ) {
        $0.change(mysql: {
            $0.money.payments["o3"]?.status = .success
            $0.money.attempts.append(.init(order: "o3", kind: "authorize", amount: 100, outcome: "success"))
        })
    },
    Corruption("a ticket that nobody paid for", ["charge-has-ticket": .violated, "money-conserved": .violated]) {
        $0.change(mysql: {
            $0.money.payments["o1"]?.status = .fail
            $0.money.attempts.removeAll { $0.order == "o1" }
        })
    },
    Corruption(
        "a charge was given back, and the tickets kept",
        ["charge-has-ticket": .violated, "money-conserved": .violated]
    ) {
        $0.change(mysql: {
            $0.money.payments["o1"]?.status = .refunded
            $0.money.refunds["o1"] = 100
        })
    },
    Corruption("an order has ended, and no outbox row says so", ["outbox-complete": .violated]) {
        $0.unpublish("order.events/5")
    },
    Corruption("an order has tickets, and no outbox row says so", ["outbox-complete": .violated]) {
        $0.unpublish("reservation.events/2")
    },
    Corruption("a message's reader has not recorded it", ["nothing-lost": .violated]) {
        $0.change(mysql: { $0.consumed.remove("order.events/3") })
    },
    Corruption("a message's reader has not recorded it after Ctrl-C", [:]) {
        $0.isHurried = true
        $0.change(mysql: { $0.consumed.remove("order.events/3") })
    },
    Corruption(
        "a sale is missing in Kafka while the suite is at work",
        [
            "oversell": .inconclusive, "stores-agree": .inconclusive, "order-atomic": .inconclusive,
            "nothing-lost": .inconclusive, "charge-has-ticket": .inconclusive, "money-conserved": .inconclusive,
        ]
    ) {
        $0.unrest = "the suite did not come to rest"
        $0.change(
            clients: { $0.orders["o1"]?.status = .paid },
            kafka: { $0.confirmed["o1"] = nil }
        )
    },
    Corruption("an outbox row was never sent", ["outbox-complete": .violated]) {
        $0.change(
            mysql: { $0.outbox[4].isSent = false },
            kafka: { $0.records.remove(at: 4) }
        )
    },
    Corruption("a row that was sent is not in Kafka", ["outbox-complete": .violated]) {
        $0.change(kafka: { $0.records.remove(at: 4) })
    },
    Corruption("a row that was sent is not in Kafka, whose beginning is gone", ["outbox-complete": .inconclusive]) {
        $0.change(kafka: {
            $0.records.remove(at: 4)
            $0.trimmed = ["order.events/3"]
        })
    },
    Corruption(
        "a message has no outbox row",
        [
            "outbox-complete": .violated
        ]
    ) {
        $0.change(mysql: { $0.outbox.remove(at: 4) })
    },
    Corruption("two messages of an order changed places", ["message-order": .violated]) {
        let late = OutboxRow(id: 0, topic: Topic.orderEvents, order: "o1", kind: "ORDER_CANCELLED", isSent: true)
        $0.publish(late, offset: 9)
    },
    Corruption("an order's messages are in two partitions", ["message-order": .violated]) {
        $0.change(kafka: { kafka in
            kafka.records.append(
                .init(id: "order.events/1", topic: Topic.orderEvents, partition: 3, offset: 9, key: "o1", order: "o1")
            )
        })
    },
    Corruption("a message has a stranger's key", ["message-order": .violated]) {
        $0.change(kafka: { $0.records[0].key = "o2" })
    },
    Corruption("a message was delivered again", [:]) {
        $0.change(kafka: { kafka in
            var again = kafka.records[0]
            again.offset = 99
            kafka.records.append(again)
        })
    },
    Corruption("a message delivered again had its effect again", ["effect-once": .violated]) {
        let again = OutboxRow(id: 7, topic: Topic.reservationEvents, order: "o1", kind: "SEATS_CONFIRMED", isSent: true)
        $0.publish(again, offset: 9)
    },
    Corruption("an order was confirmed twice", ["effect-once": .violated, "saga-ends": .violated]) {
        $0.change(mysql: { $0.money.transitions["o1"]?.append(.init(from: "CONFIRMED", to: "CONFIRMED")) })
    },
    Corruption("most requests were answered with 503, and nothing was broken", ["progress": .violated]) {
        $0.change(clients: { for index in 0..<21 { $0.requests[index].isAnswered = false } })
    },
    Corruption(
        "seats are refused as taken, and nobody was granted any",
        ["progress": .violated, "hold-exclusive": .inconclusive, "no-orphan-hold": .inconclusive]
    ) {
        $0.change(clients: { $0.grants = [] })
    },
    Corruption("nobody was served for long after the last fault", ["progress": .violated]) {
        $0.faults = [.init(name: "redis dies", from: 10, to: 20)]
        $0.change(clients: { for index in 10..<31 { $0.requests[index].isAnswered = false } })
    },
    Corruption("service resumed soon after the last fault", [:]) {
        $0.faults = [.init(name: "redis dies", from: 10, to: 20)]
        $0.change(clients: { for index in 10..<28 { $0.requests[index].isAnswered = false } })
    },
    Corruption("the load ended before service had to resume", [:]) {
        $0.faults = [.init(name: "redis dies", from: 10, to: 33)]
        $0.change(clients: { for index in 10..<40 { $0.requests[index].isAnswered = false } })
    },
    Corruption("the load ended with the last fault", [:]) {
        $0.faults = [.init(name: "redis dies", from: 10, to: 39.5)]
        $0.change(clients: { for index in 10..<40 { $0.requests[index].isAnswered = false } })
    },
    Corruption("a hold was granted that Redis knows nothing of", ["seat-history": .violated]) {
        $0.change(clients: { $0.seatCalls.append(hold("dan", "R1C1", at: 1_800, version: 9)) })
    },
    Corruption("a free seat was refused", ["honest-refusal": .violated, "seat-history": .violated]) {
        $0.change(clients: { $0.seatCalls.append(hold("dan", "R1C3", at: 9_000, refused: .conflict)) })
    },
    Corruption("the request that took a seat was refused it", ["honest-refusal": .violated]) {
        let trace = String(repeating: "b", count: 32)
        $0.change(
            clients: { clients in
                var refused = hold("eve", "R1C5", at: 1_000, refused: .conflict)
                refused.fact.trace = trace
                clients.seatCalls.append(refused)
                // Nobody watches what the watcher of the clean run was not told of.
                clients.streams = StreamHistory()
            },
            redis: { redis in
                var taken = logged("hold", "R1C5", by: "eve", at: 1_000, version: 1, until: 31_000)
                taken.trace = trace
                redis.log.append(taken)
            }
        )
    },
    Corruption(
        "a confirm is moved past the end of its pin",
        ["seat-history": .violated, "sse-converges": .violated]
    ) {
        $0.change(redis: { $0.log[2].time = 40_000 })
    },
    Corruption("two replies are swapped", ["seat-history": .violated]) {
        $0.change(clients: { clients in
            clients.seatCalls[0].outcome = .conflict
            clients.seatCalls[3].outcome = .ok
        })
    },
    Corruption("a version is renumbered", ["seat-history": .violated, "sse-converges": .violated]) {
        $0.change(redis: { redis in
            redis.log[1].version += 1
            redis.log[2].version -= 1
        })
    },
    Corruption("a stranger pinned a hold", ["owner-only": .violated, "seat-history": .violated]) {
        $0.change(redis: { $0.log[1].user = "dan" })
    },
    Corruption("a hold was ended before its time", ["no-early-loss": .violated, "sse-converges": .violated]) {
        $0.change(
            clients: { $0.seatCalls.append(hold("eve", "R1C5", at: 1_000, version: 1)) },
            redis: {
                $0.log.append(logged("hold", "R1C5", by: "eve", at: 1_000, version: 1, until: 31_000))
                $0.log.append(logged("expire", "R1C5", by: "eve", at: 20_000, version: 2))
            }
        )
    },
    Corruption("a pin of an order that was paid did not survive a loss of Redis", ["no-early-loss": .violated]) {
        $0.change(
            clients: { $0.streams = StreamHistory() },
            redis: { redis in
                redis.log.remove(at: 2)
                var restored = logged("restore", "", by: "", at: 3_500, version: 0)
                var taken = logged("hold", "R1C1", by: "dan", at: 3_900, version: 1, until: 33_900)
                restored.version = 2 << 32
                taken.version = 2 << 32 + 1
                redis.log += [restored, taken]
            }
        )
    },
    Corruption(
        "the seats' log has lost its beginning",
        [
            "seat-history": .inconclusive, "honest-refusal": .inconclusive, "owner-only": .inconclusive,
            "no-early-loss": .inconclusive, "sse-complete": .inconclusive, "sse-converges": .inconclusive,
        ]
    ) {
        $0.change(redis: { $0.logGap = "the seats' log of e1 has 1 of 9 entries" })
    },
    Corruption(
        "nothing was done, and nothing is asked",
        [:]
    ) {
        $0.change(clients: { $0 = .init() }, redis: { $0 = .init() }, mysql: { $0 = .init() }, kafka: { $0 = .init() })
    },
]

extension Evidence {
    /// Adds an outbox row and its message.
    fileprivate mutating func publish(_ row: OutboxRow, offset: Int64) {
        change(
            mysql: { mysql in
                mysql.outbox.append(row)
                mysql.sent.insert(row.messageID)
                mysql.consumed.insert(row.messageID)
            },
            kafka: { kafka in
                kafka.messageIDs.insert(row.messageID)
                kafka.records.append(
                    .init(
                        id: row.messageID,
                        topic: row.topic,
                        partition: 0,
                        offset: offset,
                        key: row.order,
                        order: row.order
                    )
                )
            }
        )
    }
}

extension Evidence {
    /// Takes an outbox row away, and everything that came of it.
    fileprivate mutating func unpublish(_ messageID: String) {
        change(
            mysql: { mysql in
                mysql.outbox.removeAll { $0.messageID == messageID }
                mysql.sent.remove(messageID)
                mysql.consumed.remove(messageID)
            },
            kafka: { kafka in
                kafka.messageIDs.remove(messageID)
                kafka.records.removeAll { $0.id == messageID }
            }
        )
    }
}

@Suite("Each corruption of a clean run trips exactly the invariants that it must")
struct CorruptionTests {
    @Test("a clean run holds, and its witnesses are the sold seats and the grants")
    func clean() {
        let results = Verification.judge(cleanRun())
        #expect(results.map(\.id) == everyInvariant.map(\.id).filter { $0 != "clean-recovery" })
        #expect(results.allSatisfy { $0.verdict == .holds }, "\(results)")
        #expect(results.map(\.witnesses) == [2, 2, 3, 10, 1, 6, 3, 3, 3, 9, 3, 3, 3, 3, 3, 6, 6, 6, 2, 10, 9, 11, 40])
        #expect(Oversell.count(cleanRun()) == 0)
    }

    @Test("every invariant is tripped by a corruption")
    func everyInvariantIsTripped() {
        let tripped = Set(
            (corruptions + recordedCorruptions).flatMap { $0.verdicts.filter { $0.value == .violated }.keys }
        )
        #expect(Set(everyInvariant.map(\.id)).subtracting(tripped) == [])
    }

    @Test("where nobody ordered, only invariants about holds are asked, and the seats granted are looked at")
    func holdsOnly() {
        var evidence = cleanRun()
        evidence.change(
            clients: { clients in
                clients.orders = [:]
                clients.placed = [:]
                clients.orderRequests = 0
                clients.streams = StreamHistory()
            },
            redis: { redis in
                redis.sold = [:]
                redis.log.removeAll { $0.operation != "hold" }
            },
            mysql: { $0 = .init() },
            kafka: { $0 = .init() }
        )
        let results = Verification.judge(evidence)
        #expect(
            results.map(\.id) == [
                "oversell", "hold-exclusive", "seat-history", "honest-refusal", "no-early-loss", "no-orphan-hold",
                "progress",
            ]
        )
        #expect(results.allSatisfy { $0.verdict == .holds && $0.witnesses > 0 }, "\(results)")
    }

    @Test("a corruption", arguments: corruptions + recordedCorruptions)
    func corrupted(_ corruption: Corruption) {
        var evidence = cleanRun()
        corruption.apply(&evidence)
        let results = Verification.judge(evidence).filter { $0.verdict != .holds }
        let verdicts = Dictionary(uniqueKeysWithValues: results.map { ($0.id, $0.verdict) })
        #expect(verdicts == corruption.verdicts)
        #expect(results.allSatisfy { $0.verdict != .inconclusive || !$0.reasons.isEmpty })
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
