import Contract
import Foundation
import MySQLClient
import Order
import RedisClient
import Testing

/// One after the other: payment's faults belong to its process.
@Suite("Orders on real stores", .serialized)
struct OrderFlowTests {
    private let key = "key-" + UUID().uuidString

    @Test("an order of held seats is accepted, paid and confirmed, with one charge and a ticket a seat")
    func confirmed() async throws {
        let suite = try await OrderSuite.shared.value
        let event = try await suite.seedEvent()
        try await suite.hold(event, ["R1C1", "R1C2"])
        let answer = try await suite.order(event, ["R1C1", "R1C2"], key: key)
        #expect(answer.status == 201)
        let order = try suite.orderBody(answer)
        #expect(order.status == .created)
        #expect(order.amount == 200)
        let ended = try await suite.end(of: order.orderId)
        #expect(ended.status == .confirmed)
        #expect(ended.createdAt == order.createdAt)
        #expect(ended.seatIds == ["R1C1", "R1C2"])
        #expect(try await suite.transitions(order.orderId) == "CREATED PAYING PAID CONFIRMED")
        let id: [MySQLValue] = [.text(order.orderId)]
        #expect(try await suite.count("tickets WHERE order_id = ?", id) == 2)
        #expect(try await suite.count("payments WHERE order_id = ? AND status = 'success' AND amount = 200", id) == 1)
        #expect(try await suite.count("outbox WHERE message_key = ? AND payload LIKE '%ORDER_PAID%'", id) == 1)
        let traced = """
            outbox JOIN orders ON orders.id = outbox.message_key
            WHERE orders.id = ? AND SUBSTRING(outbox.traceparent, 4, 32) = orders.trace_id
            """
        // ORDER_PAID and SEATS_CONFIRMED, both in the order's trace.
        #expect(try await suite.count(traced, id) == 2)
    }

    @Test("fifty posts of one key at once are one order: one 201, forty-nine 200, the same bytes")
    func idempotent() async throws {
        let suite = try await OrderSuite.shared.value
        let event = try await suite.seedEvent()
        try await suite.hold(event, ["R1C1"])
        let answers = try await withThrowingTaskGroup(of: OrderSuite.Answer.self) { group in
            for _ in 0..<50 { group.addTask { [key] in try await suite.order(event, ["R1C1"], key: key) } }
            return try await group.reduce(into: []) { $0.append($1) }
        }
        #expect(answers.filter { $0.status == 201 }.count == 1)
        #expect(answers.filter { $0.status == 200 }.count == 49)
        #expect(Set(answers.map(\.body)).count == 1)
        #expect(try await suite.count("orders WHERE event_id = ?", [.text(event)]) == 1)
        let order = try suite.orderBody(try #require(answers.first))
        #expect(try await suite.end(of: order.orderId).status == .confirmed)
        // Long after, it is still the first answer, not the order as it is now.
        let late = try await suite.order(event, ["R1C1"], key: key)
        #expect(late.status == 200)
        #expect(late.body == answers.first?.body)
        #expect(try await suite.count("payments WHERE order_id = ?", [.text(order.orderId)]) == 1)
    }

    @Test("a key with another body is refused, even when that body names an unknown event")
    func mismatch() async throws {
        let suite = try await OrderSuite.shared.value
        let event = try await suite.seedEvent()
        try await suite.hold(event, ["R1C1"])
        #expect(try await suite.order(event, ["R1C1"], key: key).status == 201)
        for (event, seats) in [(event, ["R1C1", "R1C2"]), ("no-such-event", ["R1C1"])] {
            let answer = try await suite.order(event, seats, key: key)
            #expect(answer.status == 422)
            #expect(answer.body.contains("IDEMPOTENCY_MISMATCH"))
        }
        // Another user's equal key is another key, and without a hold it is refused.
        #expect(try await suite.order(event, ["R1C1"], key: key, user: "bob").status != 422)
    }

    @Test("bodies that differ in spacing, key order and unknown fields only are the same body")
    func canonical() async throws {
        let suite = try await OrderSuite.shared.value
        let event = try await suite.seedEvent()
        try await suite.hold(event, ["R1C1"])
        let first = try await suite.order(event, ["R1C1"], key: key)
        let again = try await suite.call(
            .order,
            "POST",
            "/api/orders",
            #"{ "seatIds" : [ "R1C1" ], "note": 1, "eventId": "\#(event)" }"#,
            headers: [Header.idempotencyKey: key]
        )
        #expect(first.status == 201)
        #expect(again.status == 200)
        #expect(again.body == first.body)
    }

    @Test("a refusal leaves no order and frees its key")
    func refusal() async throws {
        let suite = try await OrderSuite.shared.value
        let event = try await suite.seedEvent()
        try await suite.hold(event, ["R1C1"], user: "bob")
        let conflict = try await suite.order(event, ["R1C1"], key: key)
        #expect(conflict.status == 409)
        #expect(conflict.body.contains("RESERVATION_CONFLICT"))
        #expect(try await suite.count("orders WHERE event_id = ?", [.text(event)]) == 0)
        #expect(try await suite.count("order_seats WHERE event_id = ?", [.text(event)]) == 0)
        let gone = try await suite.order(event, ["R1C2"], key: key)
        #expect(gone.status == 410)
        try await suite.hold(event, ["R1C3"])
        #expect(try await suite.order(event, ["R1C3"], key: key).status == 201)
    }

    @Test("what is unknown is 404, what is not allowed is 422, no key is 400, another's order is 403")
    func refused() async throws {
        let suite = try await OrderSuite.shared.value
        let event = try await suite.seedEvent()
        #expect(try await suite.order("nowhere", ["R1C1"], key: key).status == 404)
        #expect(try await suite.order(event, ["R9C9"], key: key).status == 404)
        #expect(try await suite.order(event, ["r1c1"], key: key).status == 404)
        #expect(try await suite.order(event, [], key: key).status == 422)
        #expect(try await suite.order(event, ["R1C1", "R1C1"], key: key).status == 422)
        #expect(try await suite.order(event, (1...9).map { "R1C\($0)" }, key: key).status == 422)
        #expect(try await suite.order(event, ["R1C1"], key: "short").status == 400)
        #expect(try await suite.call(.order, "GET", "/api/orders/unknown").status == 404)
        #expect(try await suite.call(.order, "POST", "/api/orders", "{}", scopes: []).status == 403)
        try await suite.hold(event, ["R1C1"])
        let order = try suite.orderBody(try await suite.order(event, ["R1C1"], key: key))
        #expect(try await suite.call(.order, "GET", "/api/orders/\(order.orderId)", user: "bob").status == 403)
        let admin = try await suite.call(.order, "GET", "/api/orders/\(order.orderId)", user: "root", scopes: ["admin"])
        #expect(admin.status == 200)
    }

    @Test("a declined payment cancels the order, and its seat is free again")
    func declined() async throws {
        let suite = try await OrderSuite.shared.value
        try await suite.paymentFaults(#"{"failRate":1}"#)
        let event = try await suite.seedEvent()
        try await suite.hold(event, ["R1C1"])
        let order = try suite.orderBody(try await suite.order(event, ["R1C1"], key: key))
        let ended = try await suite.end(of: order.orderId)
        try await suite.paymentFaults(nil)
        #expect(ended.status == .cancelled)
        #expect(ended.reason == SagaReason.declined)
        #expect(try await suite.transitions(order.orderId) == "CREATED PAYING CANCELLED")
        try await suite.eventually("the seat is free for another user") {
            (try? await suite.hold(event, ["R1C1"], user: "bob")) != nil
        }
    }

    @Test("a charge whose answer was lost is found by asking: confirmed, and charged once")
    func lostAnswer() async throws {
        let suite = try await OrderSuite.shared.value
        try await suite.paymentFaults(#"{"dropReplyRate":1}"#)
        let event = try await suite.seedEvent()
        try await suite.hold(event, ["R1C1"])
        let order = try suite.orderBody(try await suite.order(event, ["R1C1"], key: key))
        #expect(try await suite.end(of: order.orderId).status == .confirmed)
        try await suite.paymentFaults(nil)
        #expect(try await suite.count("payments WHERE order_id = ?", [.text(order.orderId)]) == 1)
    }

    @Test("a payment that only fails with errors is ended at its deadline by a tombstone")
    func deadline() async throws {
        let suite = try await OrderSuite.shared.value
        try await suite.paymentFaults(#"{"errorRate":1}"#)
        let event = try await suite.seedEvent()
        try await suite.hold(event, ["R1C1"])
        let order = try suite.orderBody(try await suite.order(event, ["R1C1"], key: key))
        let ended = try await suite.end(of: order.orderId, within: .seconds(25))
        try await suite.paymentFaults(nil)
        #expect(ended.status == .cancelled)
        #expect(ended.reason == SagaReason.unknownPayment)
        let tombstones = "refunds WHERE order_id = ? AND result = 'never-charged'"
        #expect(try await suite.count(tombstones, [.text(order.orderId)]) == 1)
    }

    @Test("seats that another has a ticket for are rejected, and the money goes back")
    func rejected() async throws {
        let suite = try await OrderSuite.shared.value
        let event = try await suite.seedEvent()
        try await suite.hold(event, ["R1C1", "R1C2"])
        _ = try await suite.mysql.execute(
            "INSERT INTO tickets (event_id, seat_id, order_id, user_id, version) VALUES (?, 'R1C2', 'other', 'bob', 1)",
            [.text(event)]
        )
        let order = try suite.orderBody(try await suite.order(event, ["R1C1", "R1C2"], key: key))
        let ended = try await suite.end(of: order.orderId)
        #expect(ended.status == .refunded)
        #expect(ended.reason != nil)
        #expect(try await suite.transitions(order.orderId) == "CREATED PAYING PAID REFUNDED")
        let id: [MySQLValue] = [.text(order.orderId)]
        #expect(try await suite.count("refunds WHERE order_id = ? AND result = 'refunded' AND amount = 200", id) == 1)
        #expect(try await suite.count("tickets WHERE order_id = ?", id) == 0)
        // Redis had sold both to the order: one is free again, the other the ticket's owner's.
        try await suite.hold(event, ["R1C1"], user: "carl")
        let owner = try await suite.redis.send("HGET", RedisArgument(SeatKeys(event: event).sold("R1C2")), "order")
        #expect(owner.string == "other")
    }
}
