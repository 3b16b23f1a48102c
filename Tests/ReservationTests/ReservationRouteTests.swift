import Contract
import Foundation
import KafkaClient
import MySQLClient
import NIOHTTP1
import RedisClient
import Reservation
import ServiceKit
import Testing
import TicketingTestKit

@Suite("The reservation service over HTTP")
struct ReservationRouteTests {
    private static let root = "/api/reservations"
    /// Nobody listens there: these tests are about what needs no broker.
    private static let noBroker = "127.0.0.1:1"

    private func settings(brokers: String = noBroker) async throws -> ServiceSettings {
        var settings = try await TestStores.shared().settings(.reservation)
        settings.kafkaBrokers = brokers
        return settings
    }

    private func withService<T: Sendable>(_ body: (RunningService, SeatFixture) async throws -> T) async throws -> T {
        let settings = try await self.settings()
        let fixture = try await SeatFixture.make()
        return try await RunningService.with({ onListening in
            try reservationApplication(settings: settings, logger: TestLog.quiet, onListening: onListening)
        }) { service in
            try await body(service, fixture)
        }
    }

    private func holdBody(_ fixture: SeatFixture, _ seat: String = "R1C1", seconds: Int = 60) -> String {
        #"{"eventId":"\#(fixture.event)","seatId":"\#(seat)","holdSeconds":\#(seconds)}"#
    }

    @Test("a hold answers 201 with all that the contract names, and again with the same hold")
    func hold() async throws {
        try await withService { service, fixture in
            let ann = try TestStores.token("ann", .reservationWrite)
            let answer = try await service.send(.POST, Self.root, token: ann, body: holdBody(fixture))
            #expect(answer.status == 201)
            let body = try answer.json(HoldBody.self)
            #expect(body.eventId == fixture.event)
            #expect(body.seatId == "R1C1")
            #expect(body.holdSeconds == 60)
            #expect(body.version == SeatVersion.base(epoch: 1) + 1)
            #expect(body.traceId == answer.headers.first(name: "Trace-Id"))
            let deadline = try #require(
                try await fixture.stores.redis.send("HGET", RedisArgument(fixture.keys.hold("R1C1")), "deadline")
                    .integer
            )
            #expect(body.expiresAt == isoMilliseconds(deadline))
            let again = try await service.send(.POST, Self.root, token: ann, body: holdBody(fixture, seconds: 600))
            #expect(again.status == 201)
            let same = try again.json(HoldBody.self)
            #expect(same.holdToken == body.holdToken)
            #expect(same.expiresAt == body.expiresAt)
            let bob = try TestStores.token("bob", .reservationWrite)
            let refused = try await service.send(.POST, Self.root, token: bob, body: holdBody(fixture))
            #expect(refused.status == 409)
            #expect(refused.code == "RESERVATION_CONFLICT")
        }
    }

    @Test("every refusal of a hold has its code")
    func refusals() async throws {
        try await withService { service, fixture in
            let ann = try TestStores.token("ann", .reservationWrite)
            let cases: [(String?, String, Int, String)] = [
                (nil, holdBody(fixture), 401, "UNAUTHENTICATED"),
                (try TestStores.token("ann", .orderWrite), holdBody(fixture), 403, "FORBIDDEN"),
                (ann, "{", 400, "MALFORMED_REQUEST"),
                (ann, holdBody(fixture, seconds: 0), 422, "VALIDATION_FAILED"),
                (ann, holdBody(fixture, "R9C9"), 404, "NOT_FOUND"),
                (ann, #"{"eventId":"ev-none","seatId":"R1C1","holdSeconds":5}"#, 404, "NOT_FOUND"),
            ]
            for (token, body, status, code) in cases {
                let answer = try await service.send(.POST, Self.root, token: token, body: body)
                #expect(answer.status == status, "\(body)")
                #expect(answer.code == code, "\(body)")
            }
        }
    }

    @Test("the holder extends and releases; others are told that it is not theirs, and after that it is gone")
    func extendAndRelease() async throws {
        try await withService { service, fixture in
            let ann = try TestStores.token("ann", .reservationWrite)
            let bob = try TestStores.token("bob", .reservationWrite)
            let seat = "\(Self.root)/\(fixture.event)/R1C1"
            let held = try await service.send(.POST, Self.root, token: ann, body: holdBody(fixture)).json(HoldBody.self)
            let extended = try await service.send(.POST, seat + "/extend", token: ann, body: #"{"seconds":600}"#)
            #expect(extended.status == 200)
            #expect(try extended.json(ExtendBody.self).version == held.version + 1)
            #expect(try extended.json(ExtendBody.self).expiresAt > held.expiresAt)
            #expect(
                try await service.send(.POST, seat + "/extend", token: ann, body: #"{"seconds":601}"#).status == 422
            )
            let stranger = try await service.send(.POST, seat + "/extend", token: bob, body: #"{"seconds":5}"#)
            #expect(stranger.code == "NOT_HOLDER")
            #expect(try await service.send(.DELETE, seat, token: bob).code == "NOT_HOLDER")
            let wrong = try await service.send(.DELETE, seat, token: ann, headers: ["Hold-Token": "another"])
            #expect(wrong.status == 403)
            let released = try await service.send(.DELETE, seat, token: ann, headers: ["Hold-Token": held.holdToken])
            #expect(released.status == 204)
            #expect(released.body.isEmpty)
            let gone = try await service.send(.DELETE, seat, token: ann)
            #expect(gone.status == 410)
            #expect(gone.code == "HOLD_EXPIRED")
        }
    }

    @Test("holds are pinned for an order, all or none, and confirmed with a ticket")
    func pinAndConfirm() async throws {
        try await withService { service, fixture in
            let ann = try TestStores.token("ann", .reservationWrite)
            let order = try TestStores.token("service:order", .reservationConfirm)
            for seat in ["R1C1", "R1C2"] {
                _ = try await service.send(.POST, Self.root, token: ann, body: holdBody(fixture, seat))
            }
            func pin(_ id: String, _ user: String, _ seats: String) async throws -> TestAnswer {
                let body =
                    #"{"orderId":"\#(id)","userId":"\#(user)","eventId":"\#(fixture.event)","seatIds":\#(seats)}"#
                return try await service.send(.POST, Self.root + "/pin", token: order, body: body)
            }
            #expect(try await service.send(.POST, Self.root + "/pin", token: ann, body: "{}").status == 403)
            #expect(try await pin("o1", "ann", #"["R1C1","R1C3"]"#).code == "HOLD_EXPIRED")
            #expect(try await pin("o1", "bob", #"["R1C1"]"#).code == "NOT_HOLDER")
            #expect(try await pin("o1", "ann", "[]").status == 422)
            #expect(try await pin("o1", "ann", #"["R1C1","R1C1"]"#).status == 422)
            let pinned = try await pin("o1", "ann", #"["R1C1","R1C2"]"#)
            #expect(pinned.status == 200)
            #expect(try await pin("o1", "ann", #"["R1C1","R1C2"]"#).body == pinned.body)
            #expect(try await pin("o2", "ann", #"["R1C1"]"#).status == 409)
            let seat = "\(Self.root)/\(fixture.event)/R1C1"
            #expect(try await service.send(.DELETE, seat, token: ann).status == 409)
            #expect(try await service.send(.POST, seat + "/extend", token: ann, body: #"{"seconds":5}"#).status == 409)

            let other = try await service.send(.POST, seat + "/confirm", token: order, body: #"{"orderId":"o2"}"#)
            #expect(other.code == "NOT_HOLDER")
            let confirmed = try await service.send(.POST, seat + "/confirm", token: order, body: #"{"orderId":"o1"}"#)
            #expect(confirmed.status == 200)
            let again = try await service.send(.POST, seat + "/confirm", token: order, body: #"{"orderId":"o1"}"#)
            #expect(again.body == confirmed.body)
            let tickets = try await fixture.stores.mysql.query(
                "SELECT order_id, user_id FROM tickets WHERE event_id = ?",
                [.text(fixture.event)]
            )
            #expect(try tickets.map { try $0.string("order_id") + $0.string("user_id") } == ["o1ann"])
        }
    }

    @Test("a box-office sale makes a ticket with no order")
    func boxOffice() async throws {
        try await withService { service, fixture in
            let clerk = try TestStores.token("clerk", .reservationWrite, .reservationConfirm)
            let seat = "\(Self.root)/\(fixture.event)/R1C1"
            #expect(try await service.send(.POST, seat + "/confirm", token: clerk, body: "{}").code == "HOLD_EXPIRED")
            _ = try await service.send(.POST, Self.root, token: clerk, body: holdBody(fixture))
            let sold = try await service.send(.POST, seat + "/confirm", token: clerk)
            #expect(sold.status == 200)
            #expect(try await service.send(.POST, seat + "/confirm", token: clerk, body: "{}").body == sold.body)
            let tickets = try await fixture.stores.mysql.query(
                "SELECT order_id, user_id FROM tickets WHERE event_id = ?",
                [.text(fixture.event)]
            )
            #expect(tickets.count == 1)
            #expect(try tickets.first?.optionalString("order_id") == nil)
            #expect(try tickets.first?.string("user_id") == "clerk")
            #expect(try await service.send(.DELETE, seat, token: clerk).status == 409)
        }
    }

    @Test("when Redis has lost an event its holds are refused with 503, until it is restored in a new epoch")
    func epochs() async throws {
        try await withService { service, fixture in
            let ann = try TestStores.token("ann", .reservationWrite)
            #expect(try await service.send(.POST, Self.root, token: ann, body: holdBody(fixture)).status == 201)
            _ = try await EventLock.with(fixture.event, in: fixture.stores.mysql) {
                _ = try await fixture.stores.redis.send("DEL", RedisArgument(fixture.keys.epoch))
                let lost = try await service.send(.POST, Self.root, token: ann, body: holdBody(fixture, "R1C2"))
                #expect(lost.status == 503)
                #expect(lost.code == "UPSTREAM_UNAVAILABLE")
                #expect(lost.headers.first(name: "Retry-After") != nil)
            }
            let held = try await eventually {
                try await service.send(.POST, Self.root, token: ann, body: holdBody(fixture, "R1C2")).status == 201
            }
            #expect(held)
            let epoch = try await fixture.stores.redis.send("GET", RedisArgument(fixture.keys.epoch))
            #expect(epoch.integer == 2)
        }
    }

    @Test("a hold ends by itself when it is due, though nobody comes by")
    func expiry() async throws {
        try await withService { service, fixture in
            let ann = try TestStores.token("ann", .reservationWrite)
            let held = try await service.send(.POST, Self.root, token: ann, body: holdBody(fixture, seconds: 1))
            #expect(held.status == 201)
            let ended = try await eventually {
                try await fixture.stores.redis.send("EXISTS", RedisArgument(fixture.keys.hold("R1C1"))).integer == 0
            }
            #expect(ended)
            #expect(try await fixture.log().compactMap { $0["op"] } == ["hold", "expire"])
        }
    }

    @Test("a paid order goes from Kafka to tickets, and the answer comes back on Kafka with the same trace")
    func throughKafka() async throws {
        let cluster = try EmbeddedKafkaCluster(
            brokers: 1,
            topics: Topic.all.map { ($0, partitions: Int32(Topic.partitions)) }
        )
        defer { cluster.close() }
        let settings = try await self.settings(brokers: cluster.bootstrapServers)
        let fixture = try await SeatFixture.make()
        let kafka = KafkaConfiguration(bootstrapServers: cluster.bootstrapServers, clientID: "test")
        let order = TestStores.uniqueID("order")
        _ = try await fixture.hold(by: "ann")
        _ = try await fixture.pin(order: order, user: "ann")
        try await RunningService.with({ onListening in
            try reservationApplication(settings: settings, logger: TestLog.quiet, onListening: onListening)
        }) { service in
            let ready = try await eventually(within: .seconds(30)) {
                try await service.send(.GET, "/readyz").status == 200
            }
            #expect(ready)
            try await publishPaid(order, fixture, kafka)
            let answered = try await eventually(within: .seconds(30)) {
                try await fixture.stores.mysql.query(
                    "SELECT id FROM outbox WHERE message_key = ? AND status = 'sent'",
                    [.text(order)]
                ).count == 1
            }
            #expect(answered)
        }
        let messages = try await KafkaReader.readAll(kafka, topics: [Topic.reservationEvents], deadline: .seconds(20))
            .filter { $0.key == Array(order.utf8) }
        #expect(messages.count == 1)
        let message = try #require(messages.first)
        let answer = try JSONCoding.decoder.decode(ReservationEvent.self, from: Data(message.value))
        #expect(answer.type == .confirmed)
        let header = message.headers.first { $0.name == MessageHeader.traceparent }?.text
        #expect(header?.contains("0af7651916cd43dd8448eb211c80319c") == true)
        #expect(message.headers.contains { $0.name == MessageHeader.messageID })
    }

    /// Publishes the same paid order twice, as a relay that has lost an acknowledgement does.
    private func publishPaid(_ order: String, _ fixture: SeatFixture, _ kafka: KafkaConfiguration) async throws {
        let event = OrderEvent(
            type: .paid,
            orderId: order,
            userId: "ann",
            eventId: fixture.event,
            seatIds: ["R1C1"],
            amount: 100,
            epoch: 1
        )
        let value = Array(try JSONCoding.encoder.encode(event))
        let headers = [
            KafkaHeader(MessageHeader.messageID, "\(Topic.orderEvents)/\(order)"),
            KafkaHeader(MessageHeader.traceparent, "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"),
        ]
        let producer = try KafkaProducer(kafka, logger: TestLog.quiet)
        for _ in 0..<2 {
            _ = try await producer.send(
                topic: Topic.orderEvents,
                key: Array(order.utf8),
                value: value,
                headers: headers
            )
        }
        await producer.close()
    }
}
