import Contract
import Environment
import Foundation
import Glibc
import MySQLClient
import NIOHTTP1
import RedisClient
import Reservation
import ServiceKit
import Testing
import TicketingTestKit

@Suite("Losing Redis", .timeLimit(.minutes(3)))
struct RedisLossTests {
    private static let root = "/api/reservations"

    @Test(
        "a Redis killed and restarted, empty or with its data, sells nothing twice and loses no paid seat",
        arguments: [true, false]
    )
    func loss(isEmptied: Bool) async throws {
        let stores = try await TestStores.start()
        let fixture = try await SeatFixture.make(seats: ["R1C1", "R1C2", "R1C3", "R1C4"], stores: stores)
        var settings = stores.settings(.reservation)
        settings.kafkaBrokers = "127.0.0.1:1"
        try await RunningService.with({ [settings] onListening in
            try reservationApplication(settings: settings, logger: TestLog.quiet, onListening: onListening)
        }) { service in
            func hold(_ seat: String) async throws -> TestAnswer {
                try await service.send(
                    .POST,
                    Self.root,
                    token: try TestStores.token("dan", .reservationWrite),
                    body: #"{"eventId":"\#(fixture.event)","seatId":"\#(seat)","holdSeconds":60}"#
                )
            }
            try await sell("R1C1", order: "o1", user: "ann", fixture)
            try await pin("R1C2", order: "o2", user: "bob", fixture)
            _ = try await fixture.hold("R1C3", by: "carl")
            let before = try await versions(fixture)

            // With the event's lock nobody can restore it yet.
            _ = try await EventLock.with(fixture.event, in: stores.mysql) {
                try await restart(stores, isEmptied: isEmptied)
                for seat in ["R1C1", "R1C2", "R1C3", "R1C4"] {
                    let refused = try await hold(seat)
                    #expect(refused.status == 503, "\(seat): \(refused.text)")
                    #expect(refused.headers.first(name: "Retry-After") != nil)
                }
            }
            #expect(try await eventually { try await hold("R1C4").status == 201 })
            #expect(try await hold("R1C1").status == 409)
            #expect(try await hold("R1C2").status == 409)
            #expect(try await hold("R1C3").status == 201)
            for (seat, version) in try await versions(fixture) {
                #expect(version >= SeatVersion.base(epoch: 2) && version > before[seat] ?? 0, "\(seat)")
            }
            #expect(try await left(fixture, "R1C2") > 20_000)

            // The order was accepted in the epoch before; it goes on in this one.
            try await fixture.handler().handle(try fixture.message(.paid, order: "o2", user: "bob", seats: ["R1C2"]))
            #expect(try await fixture.tickets() == ["R1C1:o1:ann", "R1C2:o2:bob"])
            #expect(try await epoch(fixture) == 2)
        }
        await stores.supervisor.stopAll()
    }

    @Test("several restorers that notice a loss at once take one step")
    func race() async throws {
        let fixture = try await SeatFixture.make()
        _ = try await fixture.hold(by: "ann")
        _ = try await fixture.stores.redis.send("DEL", RedisArgument(fixture.keys.epoch))
        let restorers = (0..<2).map { _ in
            SeatRestorer(
                seats: fixture.seats,
                redis: fixture.stores.redis,
                mysql: fixture.stores.mysql,
                logger: TestLog.quiet
            )
        }
        try await withThrowingTaskGroup(of: Void.self) { group in
            for index in 0..<6 {
                group.addTask { _ = try await restorers[index % 2].restore(fixture.event) }
            }
            try await group.waitForAll()
        }
        #expect(try await epoch(fixture) == 2)
        #expect(try await fixture.stores.redis.send("GET", RedisArgument(fixture.keys.epoch)).integer == 2)
        #expect(try await restorers[0].restore(fixture.event) == nil)
        #expect(try await !fixture.exists(fixture.keys.opening))
        let later = try await fixture.seats.sweep(fixture.keys, epoch: 2)
        #expect(later.next == nil)
    }

    @Test("only orders that may still be paid for come back with their pins")
    func unfinished() async throws {
        let names = (1...6).map { "R1C\($0)" }
        let fixture = try await SeatFixture.make(seats: names, epoch: 2)
        let orders = (1...6).map { _ in TestStores.uniqueID("order") }
        try await insert(orders[0], "R1C1", user: "ann", fixture, "status = 'CREATED'")
        try await insert(orders[1], "R1C2", user: "ann", fixture, "status = 'CREATED', response = NULL")
        try await insert(orders[2], "R1C3", user: "ann", fixture, "status = 'PAID', reason = 'rejected'")
        try await insert(orders[3], "R1C4", user: "ann", fixture, "status = 'PAID', epoch = 1")
        try await insert(orders[4], "R1C5", user: "ann", fixture, "status = 'PAID', archived = 1")
        try await insert(orders[5], "R1C6", user: "ann", fixture, "status = 'CANCELLED'")
        _ = try await fixture.stores.redis.send("DEL", RedisArgument(fixture.keys.epoch))
        let restorer = SeatRestorer(
            seats: fixture.seats,
            redis: fixture.stores.redis,
            mysql: fixture.stores.mysql,
            logger: TestLog.quiet
        )
        // Another test's service may have been quicker.
        _ = try await restorer.restore(fixture.event)
        #expect(try await eventually { try await fixture.exists(fixture.keys.epoch) })
        let pinned = try await names.asyncFilter { try await fixture.exists(fixture.keys.hold($0)) }
        #expect(pinned == ["R1C1"])
    }

    // MARK: - Steps

    private func sell(_ seat: String, order: String, user: String, _ fixture: SeatFixture) async throws {
        _ = try await fixture.hold(seat, by: user)
        _ = try await fixture.pin([seat], order: order, user: user)
        try await fixture.handler().handle(try fixture.message(.paid, order: order, user: user, seats: [seat]))
    }

    private func pin(_ seat: String, order: String, user: String, _ fixture: SeatFixture) async throws {
        _ = try await fixture.hold(seat, by: user)
        try await insert(order, seat, user: user, fixture, "status = 'PAYING'")
        _ = try await fixture.pin([seat], order: order, user: user)
    }

    private func insert(
        _ order: String,
        _ seat: String,
        user: String,
        _ fixture: SeatFixture,
        _ change: String
    ) async throws {
        try await fixture.stores.mysql.transaction { connection in
            _ = try connection.execute(
                """
                INSERT INTO orders (id, user_id, event_id, epoch, amount, status, idempotency_key, request_hash, response,
                    trace_id, created_at, updated_at) VALUES (?, ?, ?, ?, 1, 'CREATED', ?, '', '{}', '', NOW(3), NOW(3))
                """,
                [.text(order), .text(user), .text(fixture.event), .int(fixture.epoch), .text(order)]
            )
            _ = try connection.execute("UPDATE orders SET \(change) WHERE id = ?", [.text(order)])
            _ = try connection.execute(
                "INSERT INTO order_seats (order_id, event_id, seat_id, position) VALUES (?, ?, ?, 0)",
                [.text(order), .text(fixture.event), .text(seat)]
            )
        }
    }

    private func restart(_ stores: TestStores, isEmptied: Bool) async throws {
        try await stores.supervisor.signal("redis", SIGKILL)
        _ = try await stores.supervisor.waitForExit("redis", within: .seconds(10))
        if isEmptied {
            let folder = stores.supervisor.directory + "/redis"
            for name in try FileManager.default.contentsOfDirectory(atPath: folder) {
                try FileManager.default.removeItem(atPath: folder + "/" + name)
            }
        }
        try await stores.supervisor.restart("redis")
        let port = try #require(URL(string: stores.redisURL)?.port)
        try await RedisServer.waitUntilReady(supervisor: stores.supervisor, port: port)
    }

    private func versions(_ fixture: SeatFixture) async throws -> [String: Int64] {
        let reply = try await fixture.stores.redis.send("HGETALL", RedisArgument(fixture.keys.versions)).array ?? []
        var versions: [String: Int64] = [:]
        for index in stride(from: 0, to: reply.count - 1, by: 2) {
            versions[reply[index].string ?? ""] = reply[index + 1].integer
        }
        return versions
    }

    /// Milliseconds that are left of the seat's hold.
    private func left(_ fixture: SeatFixture, _ seat: String) async throws -> Int64 {
        let redis = fixture.stores.redis
        let deadline = try await redis.send("HGET", RedisArgument(fixture.keys.hold(seat)), "deadline").integer ?? 0
        let time = try await redis.send("TIME").array?.first?.integer ?? 0
        return deadline - time * 1000
    }

    private func epoch(_ fixture: SeatFixture) async throws -> Int64? {
        let rows = try await fixture.stores.mysql.query("SELECT epoch FROM events WHERE id = ?", [.text(fixture.event)])
        return try rows.first?.int("epoch")
    }
}

extension [String] {
    fileprivate func asyncFilter(_ isIncluded: (String) async throws -> Bool) async rethrows -> [String] {
        var included: [String] = []
        for element in self where try await isIncluded(element) { included.append(element) }
        return included
    }
}
