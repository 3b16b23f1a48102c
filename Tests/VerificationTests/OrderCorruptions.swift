import Contract

@testable import Verification

/// What cannot be said of a suite that is at work, where nothing else is wrong with it.
private let atWork: [String: Verdict] = [
    "oversell": .inconclusive, "stores-agree": .inconclusive, "order-atomic": .inconclusive,
    "nothing-lost": .inconclusive, "charge-has-ticket": .inconclusive, "money-conserved": .inconclusive,
]

/// Corruptions of orders, their money and their messages.
let orderCorruptions: [Corruption] = [
    Corruption("messages were delivered again, and nothing changed", [:]) {
        $0.replay = .read(.init(messages: 6, logged: $0.redis.content?.log.count))
    },
    Corruption("an order was given its money back when its messages were delivered again", ["effect-once": .violated]) {
        let refund = "a payment that is refunded"
        $0.replay = .read(.init(messages: 6, changes: [.init(order: "o1", effect: refund, before: 0, after: 1)]))
    },
    Corruption("a seat was freed again when its messages were delivered again", ["effect-once": .violated]) {
        $0.replay = .read(.init(messages: 6, logged: $0.redis.content.map { $0.log.count - 1 }))
    },
    Corruption("an order that had not ended was ended while messages were delivered again", [:]) {
        $0.replay = .read(.init(messages: 6, logged: $0.redis.content.map { $0.log.count - 1 }, others: ["o3"]))
    },
    Corruption("nobody read what was delivered again", ["effect-once": .inconclusive]) {
        $0.replay = .unreadable(name: "what came of delivering messages again", reason: "not within 30 s")
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
    Corruption("a sale is missing in Kafka while the suite is at work", atWork) {
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
    Corruption("a message was written and sent after MySQL had been read, after Ctrl-C", [:]) {
        $0.isHurried = true
        $0.publishLate()
    },
    Corruption(
        "a message was written and sent after MySQL had been read, of a suite at work",
        atWork.merging(["outbox-complete": .inconclusive]) { $1 }
    ) {
        $0.unrest = "the suite did not come to rest"
        $0.publishLate()
    },
    Corruption(
        "a message that was there before MySQL was read has no outbox row, of a suite at work",
        atWork.merging(["outbox-complete": .violated]) { $1 }
    ) {
        $0.unrest = "the suite did not come to rest"
        $0.change(mysql: { $0.outbox.remove(at: 5) })
    },
    Corruption("a message without an outbox row came when the suite was at rest", ["outbox-complete": .violated]) {
        $0.publishLate()
        $0.change(mysql: { $0.consumed.insert("reservation.events/7") })
    },
    Corruption(
        "an outbox row was just written, of a suite at work",
        atWork.merging(["outbox-complete": .inconclusive]) { $1 }
    ) {
        $0.unrest = "the suite did not come to rest"
        $0.change(
            mysql: { mysql in
                mysql.outbox[4].isSent = false
                mysql.outbox[4].isYoung = true
            },
            kafka: { $0.records.remove(at: 4) }
        )
    },
    Corruption("a reader has committed nothing, of a suite at work", atWork) {
        $0.unrest = "the suite did not come to rest"
        $0.change(mysql: { $0.consumed.subtract(["order.events/3", "order.events/5"]) })
    },
    Corruption("a reader has recorded a later message, and not committed an earlier one, of a suite at work", atWork) {
        $0.unrest = "the suite did not come to rest"
        $0.change(
            mysql: { $0.consumed.remove("order.events/3") },
            kafka: { $0.committed["order.events/0"] = 3 }
        )
    },
    Corruption(
        "a reader has committed a message and not recorded it, of a suite at work",
        atWork.merging(["nothing-lost": .violated]) { $1 }
    ) {
        $0.unrest = "the suite did not come to rest"
        $0.change(
            mysql: { $0.consumed.remove("order.events/3") },
            kafka: { $0.committed["order.events/0"] = 4 }
        )
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
    Corruption("a sale was made twice", ["effect-once": .violated]) {
        $0.change(
            // Nobody watches what the watcher of the clean run was not told of.
            clients: { $0.streams = StreamHistory() },
            redis: { $0.log.append(logged("confirm", "R1C1", by: "ann", order: "o1", at: 3_100, version: 4)) }
        )
    },
    Corruption("an order was confirmed twice", ["effect-once": .violated, "saga-ends": .violated]) {
        $0.change(mysql: { $0.money.transitions["o1"]?.append(.init(from: "CONFIRMED", to: "CONFIRMED")) })
    },
]

extension Evidence {
    /// Adds an outbox row and its message.
    mutating func publish(_ row: OutboxRow, offset: Int64) {
        change(
            mysql: { mysql in
                mysql.outbox.append(row)
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

    /// Adds a message whose row was written when MySQL had been read.
    mutating func publishLate() {
        let row = OutboxRow(id: 7, topic: Topic.reservationEvents, order: "o1", kind: "SEATS_CONFIRMED", isSent: true)
        publish(row, offset: 9)
        change(
            mysql: { mysql in
                mysql.outbox.removeLast()
                mysql.consumed.remove(row.messageID)
            },
            kafka: { $0.late.insert(row.messageID) }
        )
    }

    /// Takes an outbox row away, and everything that came of it.
    mutating func unpublish(_ messageID: String) {
        change(
            mysql: { mysql in
                mysql.outbox.removeAll { $0.messageID == messageID }
                mysql.consumed.remove(messageID)
            },
            kafka: { kafka in
                kafka.messageIDs.remove(messageID)
                kafka.records.removeAll { $0.id == messageID }
            }
        )
    }
}
