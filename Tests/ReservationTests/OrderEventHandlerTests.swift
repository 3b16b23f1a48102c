import Contract
import Foundation
import MySQLClient
import Observability
import RedisClient
import Reservation
import SeededBugs
import ServiceKit
import Testing
import TicketingTestKit

@Suite("What the reservation service does about orders")
struct OrderEventHandlerTests {
    private func handler(_ fixture: SeatFixture) -> OrderEventHandler { fixture.handler() }

    private func message(
        _ kind: OrderEvent.Kind,
        _ fixture: SeatFixture,
        order: String,
        seats: [String] = ["R1C1"],
        epoch: Int64? = nil
    ) throws -> ConsumedMessage {
        try fixture.message(kind, order: order, seats: seats, epoch: epoch)
    }

    private func tickets(_ fixture: SeatFixture) async throws -> [String] { try await fixture.tickets() }

    private func answers(_ order: String, mysql: MySQLClient? = nil) async throws -> [ReservationEvent] {
        let client: MySQLClient
        if let mysql { client = mysql } else { client = try await TestStores.shared().mysql }
        return try await client.query(
            "SELECT payload FROM outbox WHERE topic = ? AND message_key = ? ORDER BY id",
            [.text(Topic.reservationEvents), .text(order)]
        ).map { try JSONCoding.decoder.decode(ReservationEvent.self, from: Data(try $0.string("payload").utf8)) }
    }

    @Test("a paid order's seats are sold in Redis and have tickets, and the answer is in the outbox, once")
    func paid() async throws {
        let fixture = try await SeatFixture.make()
        let order = TestStores.uniqueID("order")
        for seat in ["R1C1", "R1C2"] { _ = try await fixture.hold(seat, by: "ann") }
        _ = try await fixture.pin(["R1C1", "R1C2"], order: order, user: "ann")
        let message = try self.message(.paid, fixture, order: order, seats: ["R1C1", "R1C2"])
        for _ in 0..<3 { try await handler(fixture).handle(message) }
        #expect(try await tickets(fixture) == ["R1C1:\(order):ann", "R1C2:\(order):ann"])
        let answers = try await self.answers(order)
        #expect(answers.map(\.type) == [.confirmed])
        #expect(answers.first?.seatIds == ["R1C1", "R1C2"])
        let seats = try await fixture.stores.mysql.query(
            "SELECT status, version FROM seats WHERE event_id = ? AND id = 'R1C1'",
            [.text(fixture.event)]
        )
        #expect(try seats.first?.string("status") == "SOLD")
        #expect(try seats.first?.int("version") == SeatVersion.base(epoch: 1) + 3)
    }

    @Test("the same order paid twice in two messages has one set of tickets")
    func paidTwice() async throws {
        let fixture = try await SeatFixture.make()
        let order = TestStores.uniqueID("order")
        _ = try await fixture.hold(by: "ann")
        _ = try await fixture.pin(order: order, user: "ann")
        try await handler(fixture).handle(try message(.paid, fixture, order: order))
        try await handler(fixture).handle(try message(.paid, fixture, order: order))
        #expect(try await tickets(fixture) == ["R1C1:\(order):ann"])
        #expect(try await answers(order).map(\.type) == [.confirmed, .confirmed])
    }

    @Test("an order whose pin has lapsed is rejected, and what is left of its pins is freed")
    func lapsed() async throws {
        let fixture = try await SeatFixture.make()
        let order = TestStores.uniqueID("order")
        for seat in ["R1C1", "R1C2"] { _ = try await fixture.hold(seat, by: "ann") }
        _ = try await fixture.pin(["R1C1", "R1C2"], order: order, user: "ann")
        try await fixture.lapse("R1C2")
        try await handler(fixture).handle(try message(.paid, fixture, order: order, seats: ["R1C1", "R1C2"]))
        #expect(try await tickets(fixture) == [])
        let answers = try await self.answers(order)
        #expect(answers.map(\.type) == [.rejected])
        #expect(answers.first?.reason?.contains("R1C2") == true)
        _ = try await fixture.hold("R1C1", by: "bob")
    }

    @Test("a seat that has another's ticket already is rejected by the last line of defence")
    func collision() async throws {
        let fixture = try await SeatFixture.make()
        let order = TestStores.uniqueID("order")
        for seat in ["R1C1", "R1C2"] { _ = try await fixture.hold(seat, by: "ann") }
        _ = try await fixture.pin(["R1C1", "R1C2"], order: order, user: "ann")
        _ = try await fixture.stores.mysql.execute(
            "INSERT INTO tickets (event_id, seat_id, order_id, user_id, version) VALUES (?, 'R1C2', 'another', 'bob', 1)",
            [.text(fixture.event)]
        )
        try await handler(fixture).handle(try message(.paid, fixture, order: order, seats: ["R1C1", "R1C2"]))
        #expect(try await tickets(fixture) == ["R1C2:another:bob"])
        #expect(try await answers(order).map(\.type) == [.rejected])
        // Redis had sold both to the order: it says what the tickets say now.
        _ = try await fixture.hold("R1C1", by: "carl")
        #expect(try await refusal { _ = try await fixture.hold("R1C2", by: "carl") }?.reason == .sold)
        let owner = try await fixture.stores.redis.send(
            "HMGET",
            RedisArgument(fixture.keys.sold("R1C2")),
            "order",
            "user"
        )
        #expect(owner.array?.map(\.string) == ["another", "bob"])
        let corrections = try await fixture.log().filter { $0["op"] == "correct" }
        #expect(corrections.map { "\($0["seat"] ?? "") \($0["to"] ?? "")" } == ["R1C1 AVAILABLE", "R1C2 SOLD"])
    }

    @Test("a cancelled order's pins are freed, and the answer is in the outbox, once")
    func cancelled() async throws {
        let fixture = try await SeatFixture.make()
        let order = TestStores.uniqueID("order")
        _ = try await fixture.hold(by: "ann")
        _ = try await fixture.pin(order: order, user: "ann")
        let message = try self.message(.cancelled, fixture, order: order)
        for _ in 0..<2 { try await handler(fixture).handle(message) }
        #expect(try await answers(order).map(\.type) == [.released])
        _ = try await fixture.hold(by: "bob")
        // Late again, under another id: bob's hold is not this order's.
        try await handler(fixture).handle(try self.message(.cancelled, fixture, order: order))
        #expect(try await refusal { _ = try await fixture.hold(by: "carl") }?.reason == .conflict)
    }

    @Test("a message of an older epoch changes nothing and is answered; when Redis has lost the event it waits")
    func olderEpoch() async throws {
        let fixture = try await SeatFixture.make(epoch: 2)
        let order = TestStores.uniqueID("order")
        try await handler(fixture).handle(try message(.paid, fixture, order: order, epoch: 1))
        try await handler(fixture).handle(try message(.cancelled, fixture, order: order, epoch: 1))
        #expect(try await answers(order).map(\.type) == [.rejected, .released])
        #expect(try await tickets(fixture) == [])

        // With its lock, so that no service of another test restores it.
        _ = try await EventLock.with(fixture.event, in: fixture.stores.mysql) {
            _ = try await fixture.stores.redis.send("DEL", RedisArgument(fixture.keys.epoch))
            let waiting = try message(.paid, fixture, order: order)
            let refused = try await refusal { try await handler(fixture).handle(waiting) }
            #expect(refused?.reason == .epoch)
            #expect(try await answers(order).count == 2)
        }
    }

    @Test("a reset between Redis and MySQL is noticed: no ticket of the epoch before")
    func resetInBetween() async throws {
        let fixture = try await SeatFixture.make()
        let order = TestStores.uniqueID("order")
        _ = try await fixture.hold(by: "ann")
        _ = try await fixture.pin(order: order, user: "ann")
        // MySQL is in the next epoch already, Redis not yet.
        _ = try await EventLock.with(fixture.event, in: fixture.stores.mysql) {
            let handler = handler(fixture)
            try await handler.handle(try message(.cancelled, fixture, order: "another"))
            _ = try await fixture.stores.mysql.execute(
                "UPDATE events SET epoch = 2, reset_epoch = 2 WHERE id = ?",
                [.text(fixture.event)]
            )
            try await handler.handle(try message(.paid, fixture, order: order))
        }
        #expect(try await tickets(fixture) == [])
        #expect(try await answers(order).map(\.type) == [.rejected])
    }

    @Test("what is not an order event is said to be unreadable")
    func unreadable() async throws {
        let fixture = try await SeatFixture.make()
        let message = ConsumedMessage(id: TestStores.uniqueID("message"), value: Array("{}".utf8), trace: .fresh())
        await #expect(throws: UnreadableMessage.self) { try await handler(fixture).handle(message) }
    }
}
