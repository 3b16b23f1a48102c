import AsyncHTTPClient
import Contract
import Foundation
import HTTPTypes
import Hummingbird
import MySQLClient
import NIOCore
import NIOHTTP1
import Order
import RedisClient
import ServiceKit
import Synchronization
import Testing
import TicketingTestKit

@Suite("What is lost on an order's way", .timeLimit(.minutes(2)))
struct LossTests {
    /// A row that was sent, as the outbox believes, and is due to be looked at.
    private func sent(_ suite: OrderSuite, event: String) async throws -> Int64 {
        let message = OrderEvent(
            type: .cancelled,
            orderId: UUID().uuidString.lowercased(),
            userId: "alice",
            eventId: event,
            seatIds: ["R1C1"],
            amount: 100,
            epoch: 1
        )
        let payload = String(decoding: try JSONCoding.encoder.encode(message), as: UTF8.self)
        let result = try await suite.mysql.execute(
            """
            INSERT INTO outbox (topic, message_key, payload, status, attempts, sent_at, check_at)
            VALUES (?, ?, ?, 'sent', 1, NOW(3), NOW(3) + INTERVAL 1 SECOND)
            """,
            [.text(Topic.orderEvents), .text(message.orderId), .text(payload)]
        )
        return Int64(result.lastInsertID)
    }

    @Test("a message that the broker has lost is sent again under its id, and its effect ends the watch over it")
    func lostMessage() async throws {
        let suite = try await OrderSuite.shared.value
        let row = try await sent(suite, event: try await suite.seedEvent())
        let id = Outbox.messageID(topic: Topic.orderEvents, row: row)
        let consumed = "consumed WHERE consumer = ? AND message_id = ?"
        #expect(try await suite.count(consumed, [.text(ConsumerGroup.reservation), .text(id)]) == 0)
        try await suite.eventually("the message is consumed") {
            try await suite.count(consumed, [.text(ConsumerGroup.reservation), .text(id)]) == 1
        }
        _ = try await suite.mysql.execute("UPDATE outbox SET check_at = NOW(3) WHERE id = ?", [.int(row)])
        try await suite.eventually("it is not looked at again") {
            try await suite.count("outbox WHERE id = ? AND status = 'sent' AND check_at IS NULL", [.int(row)]) == 1
        }
        #expect(try await suite.count("outbox WHERE id = ? AND attempts = 2", [.int(row)]) == 1)
    }

    @Test("a message that was consumed is not sent again")
    func consumedMessage() async throws {
        let suite = try await OrderSuite.shared.value
        let row = try await sent(suite, event: try await suite.seedEvent())
        _ = try await suite.mysql.execute(
            "INSERT INTO consumed (consumer, message_id) VALUES (?, ?)",
            [.text(ConsumerGroup.reservation), .text(Outbox.messageID(topic: Topic.orderEvents, row: row))]
        )
        try await suite.eventually("it is looked at") {
            try await suite.count("outbox WHERE id = ? AND check_at IS NULL", [.int(row)]) == 1
        }
        #expect(try await suite.count("outbox WHERE id = ? AND attempts = 1 AND status = 'sent'", [.int(row)]) == 1)
    }

    @Test("what is sent is looked at ten seconds later, and longer the more often it was sent")
    func watch() async throws {
        let suite = try await OrderSuite.shared.value
        let row = try await sent(suite, event: try await suite.seedEvent())
        let ahead = "outbox WHERE id = ? AND check_at = sent_at + INTERVAL 20 SECOND AND attempts = 2"
        try await suite.eventually("it is sent again") { try await suite.count(ahead, [.int(row)]) == 1 }
    }

    @Test("a pin whose answers are all lost ends with its order: CANCELLED, and the seat is free")
    func lostPin() async throws {
        let suite = try await OrderSuite.shared.value
        let event = try await suite.seedEvent()
        try await suite.hold(event, ["R1C1"])
        let reservation = suite.urls[.reservation] ?? ""
        let mute = suite.settings(.reservation)
        let pinned = Mutex<String?>(nil)
        try await RunningService.with({ onListening in
            ServiceApplication(
                settings: mute,
                readiness: [],
                background: [],
                logger: TestLog.quiet,
                onListening: onListening,
                closing: {},
                routes: { router in Self.addMutePin(to: router, before: reservation) }
            )
        }) { proxy in
            var settings = suite.settings(.order)
            settings.reservationURL = proxy.url
            settings.paymentURL = suite.urls[.payment]
            // No broker: the suite's own order service relays and consumes.
            settings.kafkaBrokers = "127.0.0.1:1"
            try await RunningService.with({ [settings] onListening in
                try orderApplication(settings: settings, logger: TestLog.quiet, onListening: onListening)
            }) { order in
                let answer = try await order.send(
                    .POST,
                    "/api/orders",
                    token: try suite.signer.sign(user: "alice", scopes: ["order:write"]),
                    headers: [Header.idempotencyKey: "key-" + UUID().uuidString],
                    body: #"{"eventId":"\#(event)","seatIds":["R1C1"]}"#
                )
                #expect(answer.status == 504, "\(answer.text)")
                let hold = RedisArgument(SeatKeys(event: event).hold("R1C1"))
                let order = try await suite.redis.send("HGET", hold, "order").string
                pinned.withLock { $0 = order }
            }
        }
        let rows = try await suite.mysql.query("SELECT id FROM orders WHERE event_id = ?", [.text(event)])
        let id = try #require(try rows.first?.string("id"))
        #expect(pinned.withLock { $0 } == id)
        let ended = try await suite.end(of: id)
        #expect(ended.status == .cancelled)
        try await suite.eventually("the pin is released") {
            try await suite.redis.send("EXISTS", RedisArgument(SeatKeys(event: event).hold("R1C1"))).integer == 0
        }
        try await suite.hold(event, ["R1C1"], user: "bob")
    }

    /// Passes a pin on to `reservation`, and never tells what came of it.
    private static func addMutePin(to router: Router<ServiceContext>, before reservation: String) {
        router.post("api/reservations/pin") { request, _ -> Response in
            var forward = HTTPClientRequest(url: reservation + "/api/reservations/pin")
            forward.method = .POST
            forward.headers.add(name: "Authorization", value: request.headers[.authorization] ?? "")
            forward.body = .bytes(try await request.readBody())
            _ = try await RunningService.client.execute(forward, timeout: .seconds(5))
            try await Task.sleep(for: .seconds(60))
            return Response(status: .ok)
        }
    }
}
