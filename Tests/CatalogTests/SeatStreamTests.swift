import AsyncHTTPClient
import Contract
import Foundation
import NIOCore
import NIOHTTP1
import RedisClient
import Reservation
import ServiceKit
import Testing
import TicketingTestKit

@Suite("The stream of seats", .timeLimit(.minutes(1)))
struct SeatStreamTests {
    @Test("a watcher gets the map first and then every change, in order, with rising versions")
    func changes() async throws {
        try await withCatalog { service, stores in
            let event = try await makeOpenEvent(service)
            let seats = EventSeats(event: event, stores: stores)
            try await seats.hold("R1C1", by: "ann")
            try await Watcher.watch(service, event) { watcher in
                let first = try await watcher.next()
                #expect(first.name == "INIT")
                #expect(first.id != nil)
                let map = try JSONCoding.decoder.decode(SeatMapBody.self, from: Data(first.data.utf8))
                #expect(map.seats.first?.status == .held)
                try await seats.hold("R1C2", by: "bob")
                try await seats.release("R1C1", by: "ann")
                try await seats.sell("R1C2", by: "bob")
                var updates: [SeatUpdateBody] = []
                for _ in 0..<3 { updates.append(try await watcher.nextUpdate()) }
                #expect(updates.map(\.seatId) == ["R1C2", "R1C1", "R1C2"])
                #expect(updates.map(\.status) == [.held, .available, .sold])
                #expect(updates.map { $0.version - SeatVersion.base(epoch: 1) } == [1, 2, 2])
            }
        }
    }

    @Test("a watcher who comes back gets exactly what he missed")
    func resume() async throws {
        try await withCatalog { service, stores in
            let event = try await makeOpenEvent(service)
            let seats = EventSeats(event: event, stores: stores)
            let position = try await Watcher.watch(service, event) { watcher in try await watcher.next().id }
            try await seats.hold("R1C1", by: "ann")
            try await seats.hold("R1C2", by: "ann")
            let last = try await Watcher.watch(service, event, lastEventID: position) { watcher in
                #expect(try await watcher.nextUpdate().seatId == "R1C1")
                return try await watcher.next().id
            }
            try await seats.hold("R1C3", by: "ann")
            try await Watcher.watch(service, event, lastEventID: last) { watcher in
                #expect(try await watcher.nextUpdate().seatId == "R1C3")
                try await seats.release("R1C3", by: "ann")
                #expect(try await watcher.nextUpdate().status == .available)
            }
        }
    }

    @Test("when what was missed is gone, a fresh map comes instead", arguments: ["1-1", "not an id", ""])
    func unknownPosition(id: String) async throws {
        try await withCatalog { service, stores in
            let event = try await makeOpenEvent(service)
            try await Watcher.watch(service, event, lastEventID: id) { watcher in
                let first = try await watcher.next()
                #expect(first.name == "INIT")
            }
        }
    }

    @Test("a trimmed log means a fresh map")
    func trimmed() async throws {
        try await withCatalog { service, stores in
            let event = try await makeOpenEvent(service)
            let seats = EventSeats(event: event, stores: stores)
            let position = try await Watcher.watch(service, event) { watcher in try await watcher.next().id }
            try await seats.hold("R1C1", by: "ann")
            try await seats.hold("R1C2", by: "ann")
            _ = try await stores.redis.send("XTRIM", RedisArgument(seats.keys.log), "MAXLEN", "1")
            try await Watcher.watch(service, event, lastEventID: position) { watcher in
                let first = try await watcher.next()
                #expect(first.name == "INIT")
                #expect(first.data.contains("HELD"))
            }
        }
    }

    @Test("an event that Redis had lost sends a fresh map once it is restored, with higher versions")
    func restored() async throws {
        try await withCatalog { service, stores in
            let event = try await makeOpenEvent(service)
            let seats = EventSeats(event: event, stores: stores)
            try await seats.hold("R1C1", by: "ann")
            try await Watcher.watch(service, event) { watcher in
                _ = try await watcher.next()
                _ = try await stores.redis.send("SET", RedisArgument(seats.keys.run), "another process")
                #expect(try await service.send(.GET, "/api/events/\(event)/seats").status == 503)
                let restorer = SeatRestorer(
                    seats: SeatStore(redis: stores.redis),
                    redis: stores.redis,
                    mysql: stores.mysql,
                    logger: TestLog.quiet
                )
                #expect(try await restorer.restore(event) == 2)
                let fresh = try await watcher.next()
                #expect(fresh.name == "INIT")
                let map = try JSONCoding.decoder.decode(SeatMapBody.self, from: Data(fresh.data.utf8))
                #expect(map.seats.allSatisfy { $0.status == .available && $0.version == SeatVersion.base(epoch: 2) })
            }
        }
    }

    @Test("a reset sends a fresh map to those who watch, with higher versions")
    func reset() async throws {
        try await withCatalog { service, stores in
            let event = try await makeOpenEvent(service)
            let seats = EventSeats(event: event, stores: stores)
            try await seats.hold("R1C1", by: "ann")
            try await Watcher.watch(service, event) { watcher in
                _ = try await watcher.next()
                let admin = try TestStores.token("admin", .admin)
                _ = try await service.send(.POST, "/api/admin/events/\(event)/reset", token: admin)
                let fresh = try await watcher.next()
                #expect(fresh.name == "INIT")
                let map = try JSONCoding.decoder.decode(SeatMapBody.self, from: Data(fresh.data.utf8))
                #expect(map.seats.allSatisfy { $0.status == .available && $0.version == SeatVersion.base(epoch: 2) })
                let later = EventSeats(event: event, stores: stores, epoch: 2)
                try await later.hold("R1C2", by: "bob")
                #expect(try await watcher.nextUpdate().version == SeatVersion.base(epoch: 2) + 1)
            }
        }
    }

    @Test("many watchers of one event all see all of it")
    func manyWatchers() async throws {
        try await withCatalog { service, stores in
            let event = try await makeOpenEvent(service, cols: 20)
            let seats = EventSeats(event: event, stores: stores)
            try await withThrowingTaskGroup(of: [String].self) { group in
                let watching = TestCounter()
                for _ in 0..<20 {
                    group.addTask {
                        try await Watcher.watch(service, event) { watcher in
                            _ = try await watcher.next()
                            watching.increment()
                            var names: [String] = []
                            for _ in 0..<20 { names.append(try await watcher.nextUpdate().seatId) }
                            return names
                        }
                    }
                }
                let all = try await eventually { watching.value == 20 }
                try #require(all)
                let names = (1...20).map { "R1C\($0)" }
                for name in names { try await seats.hold(name, by: "ann") }
                for try await seen in group { #expect(seen == names) }
            }
        }
    }

    @Test("when the service stops, the stream says goodbye and ends")
    func shutdown() async throws {
        try await withCatalog { service, stores in
            let event = try await makeOpenEvent(service)
            try await Watcher.watch(service, event) { watcher in
                _ = try await watcher.next()
                await service.stop()
                #expect(try await watcher.rest().contains(": closing"))
            }
        }
    }

    private func makeOpenEvent(_ service: RunningService, cols: Int = 3) async throws -> String {
        let body = #"{"title":"A stream","dateTime":"2026-12-24T20:00:00Z","rows":1,"cols":\#(cols),"price":1}"#
        let admin = try TestStores.token("admin", .admin)
        return try await service.send(.POST, "/api/admin/events", token: admin, body: body).json(EventBody.self).id
    }
}
