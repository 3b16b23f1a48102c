import Contract

@testable import Verification

private let seat = SeatID("e1", "R1C1")

/// What cannot be known without MySQL.
let withoutMySQL: [String: Verdict] = [
    "oversell": .inconclusive, "stores-agree": .inconclusive, "order-atomic": .inconclusive,
    "nothing-lost": .inconclusive, "saga-ends": .inconclusive, "idempotent": .inconclusive,
    "no-double-charge": .inconclusive, "charge-has-ticket": .inconclusive, "money-conserved": .inconclusive,
    "outbox-complete": .inconclusive, "message-order": .inconclusive, "effect-once": .inconclusive,
    "trace-complete": .inconclusive,
]

/// Corruptions of what the stores and the clients say of seats: sold twice, held too long, granted to two.
let seatCorruptions: [Corruption] = [
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
    Corruption(
        "an order has a key that nobody sent, while another went unanswered",
        ["stores-agree": .inconclusive, "saga-ends": .violated]
    ) {
        $0.change(clients: { $0.unansweredKeys = ["k8"] })
        $0.change(mysql: {
            $0.orders["o9"] = .init(id: "o9", user: "eve", event: "e1", status: .cancelled, seats: [], key: "k9")
        })
    },
    Corruption("an order has the key of one that went unanswered", ["saga-ends": .violated]) {
        $0.change(clients: { $0.unansweredKeys = ["k9"] })
        $0.change(mysql: {
            $0.orders["o9"] = .init(id: "o9", user: "eve", event: "e1", status: .cancelled, seats: [], key: "k9")
        })
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
        withoutMySQL
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
]
