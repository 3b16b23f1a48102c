import Catalog
import Contract
import Foundation
import MySQLClient
import NIOHTTP1
import RedisClient
import Reservation
import ServiceKit
import Testing
import TicketingTestKit

@Suite("The catalog service over HTTP")
struct CatalogRouteTests {
    private func create(
        _ service: RunningService,
        rows: Int = 2,
        cols: Int = 3
    ) async throws -> EventBody {
        let body =
            #"{"title":"Nabucco","dateTime":"2026-12-24T20:00:00Z","rows":\#(rows),"cols":\#(cols),"price":4500}"#
        let admin = try TestStores.token("admin", .admin)
        let answer = try await service.send(.POST, "/api/admin/events", token: admin, body: body)
        #expect(answer.status == 201, "\(answer.text)")
        return try answer.json()
    }

    @Test("an event is created, listed, shown, and its seats are free, row by row")
    func create() async throws {
        try await withCatalog { service, stores in
            let event = try await create(service)
            #expect(event.id.hasPrefix("ev-"))
            #expect(event.dateTime == "2026-12-24T20:00:00Z")
            #expect(try await service.send(.GET, "/api/events/\(event.id)").json(EventBody.self) == event)
            #expect(try await service.send(.GET, "/api/events").json([EventBody].self).contains(event))
            let map = try await service.send(.GET, "/api/events/\(event.id)/seats")
            let seats = try map.json(SeatMapBody.self)
            #expect(seats.rows == 2)
            #expect(seats.cols == 3)
            #expect(seats.seats.map(\.id) == ["R1C1", "R1C2", "R1C3", "R2C1", "R2C2", "R2C3"])
            #expect(seats.seats.allSatisfy { $0.status == .available && $0.price == 4500 })
            #expect(seats.seats.allSatisfy { $0.version == SeatVersion.base(epoch: 1) })
            #expect(seats.seats.last?.r == 2)
            #expect(seats.seats.last?.c == 3)
        }
    }

    @Test("only an administrator creates and resets, and only what makes sense")
    func refusals() async throws {
        try await withCatalog { service, _ in
            let admin = try TestStores.token("admin", .admin)
            let user = try TestStores.token("ann", .orderWrite)
            let path = "/api/admin/events"
            #expect(try await service.send(.POST, path, body: "{}").status == 401)
            #expect(try await service.send(.POST, path, token: user, body: "{}").status == 403)
            let bad = [
                (#"{"title":"","dateTime":"2026-12-24T20:00:00Z","rows":1,"cols":1,"price":1}"#, "title"),
                (#"{"title":"x","dateTime":"tomorrow","rows":1,"cols":1,"price":1}"#, "dateTime"),
                (#"{"title":"x","dateTime":"2026-12-24T20:00:00Z","rows":0,"cols":1,"price":1}"#, "rows"),
                (#"{"title":"x","dateTime":"2026-12-24T20:00:00Z","rows":1,"cols":1001,"price":1}"#, "cols"),
                (#"{"title":"x","dateTime":"2026-12-24T20:00:00Z","rows":1,"cols":1,"price":-1}"#, "price"),
                (#"{"title":"x","dateTime":"2026-12-24T20:00:00Z","rows":1,"cols":1}"#, "price"),
                (#"{"title":"x","dateTime":"2026-12-24T20:00:00Z","rows":1000,"cols":1000,"price":1}"#, "seats"),
            ]
            for (body, field) in bad {
                let answer = try await service.send(.POST, path, token: admin, body: body)
                #expect(answer.status == 422, "\(body)")
                #expect(answer.text.contains(field), "\(body)")
            }
            for path in ["/api/events/ev-none", "/api/events/ev-none/seats", "/api/events/ev-none/seats/stream"] {
                #expect(try await service.send(.GET, path).code == "NOT_FOUND", "\(path)")
            }
            let reset = try await service.send(.POST, "/api/admin/events/ev-none/reset", token: admin)
            #expect(reset.code == "NOT_FOUND")
        }
    }

    @Test("the map shows what Redis says, a due hold as free, and its tag tells whether it has changed")
    func map() async throws {
        try await withCatalog { service, stores in
            let event = try await create(service)
            let seats = EventSeats(event: event.id, stores: stores)
            let path = "/api/events/\(event.id)/seats"
            let first = try await service.send(.GET, path)
            let tag = try #require(first.headers.first(name: "ETag"))
            let same = try await service.send(.GET, path, headers: ["If-None-Match": tag])
            #expect(same.status == 304)
            #expect(same.body.isEmpty)
            #expect(same.headers.first(name: "ETag") == tag)

            try await seats.hold("R1C1", by: "ann")
            try await seats.hold("R1C2", by: "ann")
            try await seats.sell("R1C2", by: "ann")
            let changed = try await service.send(.GET, path, headers: ["If-None-Match": tag])
            #expect(changed.status == 200)
            let map = try changed.json(SeatMapBody.self).seats
            #expect(map.prefix(3).map(\.status) == [.held, .sold, .available])
            #expect(map.prefix(3).map { $0.version - SeatVersion.base(epoch: 1) } == [1, 2, 0])

            // Due, but nobody has swept it: Redis' key is still there.
            let newTag = try #require(changed.headers.first(name: "ETag"))
            _ = try await stores.redis.send("ZADD", RedisArgument(seats.keys.leases), "1", "R1C1")
            let due = try await service.send(.GET, path, headers: ["If-None-Match": newTag])
            #expect(due.status == 200)
            #expect(try due.json(SeatMapBody.self).seats.first?.status == .available)
        }
    }

    @Test("a reset frees all seats in the next epoch, archives orders, and removes tickets")
    func reset() async throws {
        try await withCatalog { service, stores in
            let event = try await create(service)
            let seats = EventSeats(event: event.id, stores: stores)
            try await seats.hold("R1C1", by: "ann")
            try await seats.hold("R1C2", by: "ann")
            try await seats.sell("R1C2", by: "ann")
            _ = try await stores.mysql.execute(
                "INSERT INTO tickets (event_id, seat_id, order_id, user_id, version) VALUES (?, 'R1C2', NULL, 'ann', 1)",
                [.text(event.id)]
            )
            let order = TestStores.uniqueID("order")
            _ = try await stores.mysql.execute(
                """
                INSERT INTO orders (id, user_id, event_id, epoch, amount, status, idempotency_key, request_hash, trace_id,
                    created_at, updated_at) VALUES (?, 'ann', ?, 1, 1, 'CONFIRMED', ?, '', '', NOW(3), NOW(3))
                """,
                [.text(order), .text(event.id), .text(order)]
            )
            // Let the service know the layout of the epoch before.
            _ = try await service.send(.GET, "/api/events/\(event.id)/seats")
            let admin = try TestStores.token("admin", .admin)
            let answer = try await service.send(.POST, "/api/admin/events/\(event.id)/reset", token: admin)
            #expect(answer.status == 200, "\(answer.text)")
            let map = try await service.send(.GET, "/api/events/\(event.id)/seats").json(SeatMapBody.self)
            #expect(map.seats.allSatisfy { $0.status == .available && $0.version == SeatVersion.base(epoch: 2) })
            let tickets = try await stores.mysql.query(
                "SELECT 1 AS one FROM tickets WHERE event_id = ?",
                [.text(event.id)]
            )
            #expect(tickets.isEmpty)
            let archived = try await stores.mysql.query("SELECT archived FROM orders WHERE id = ?", [.text(order)])
            #expect(try archived.first?.int("archived") == 1)
            for key in [seats.keys.hold("R1C1"), seats.keys.sold("R1C2"), seats.keys.leases, seats.keys.opening] {
                #expect(try await stores.redis.send("EXISTS", RedisArgument(key)).integer == 0, "\(key)")
            }
        }
    }
}
