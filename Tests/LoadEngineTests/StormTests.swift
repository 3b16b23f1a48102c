import Foundation
import LoadEngine
import Scenario
import Statistics
import Synchronization
import Testing

@Suite("storm")
struct StormTests {
    static let event = SeededEvent(
        name: "finale",
        copy: 0,
        id: "E1",
        seats: ["A1", "A2"],
        rows: 1,
        columns: 2,
        price: 5
    )

    static func yaml(
        users: Int,
        waves: Int,
        every: String = "300ms",
        path: String = "/ticketing/reservation/api/reservations"
    )
        -> String
    {
        """
        name: storm
        events:
          finale: { rows: 1, cols: 2, price: 5 }
        flows:
          buy:
            - hold:
                post: \(path)
                json: { eventId: "${finale[0].id}", seatId: "${seat}", holdSeconds: 30 }
                expect: { status: [201, 409] }
                capture: { token: $.holdToken }
            - stop: { unless: status == 201 }
            - order:
                post: /ticketing/order/api/orders
                headers: { Idempotency-Key: "${uuid}" }
                json: { seatIds: ["${seat}"], token: "${token}" }
                expect: { status: [201] }
                capture: { order: $.orderId }
            - poll:
                get: /ticketing/order/api/orders/${order}
                until: $.status in [CONFIRMED]
                every: 5ms
                within: 20s
        load:
          clicks:
            executor: storm
            flow: buy
            users: \(users)
            waves: \(waves)
            every: \(every)
            set: { seat: "each(finale[0].seats)" }
        """
    }

    /// The first hold of each seat and wave is granted; orders are confirmed at the second look.
    static func suite() throws -> TestServer {
        let state = Mutex<(granted: Set<String>, looks: [String: Int])>(([], [:]))
        return try TestServer { request in
            if request.path.hasSuffix("/healthz") { return .json(200, "{}") }
            return state.withLock { state in
                if request.path.hasSuffix("/reservations") {
                    let wave = request.headers["authorization"]?.split(separator: "-").dropFirst(3).first ?? ""
                    let seat = request.body.contains("A1") ? "A1" : "A2"
                    guard state.granted.insert("\(wave)/\(seat)").inserted else {
                        return .json(409, "{\"code\":\"x\"}")
                    }
                    return .json(201, "{\"holdToken\":\"h\\\"\(seat)\",\"n\":[1,2]}")
                }
                if request.method == "POST" {
                    return .json(201, "{\"orderId\":\"o-\(request.headers["idempotency-key"] ?? "none")\"}")
                }
                state.looks[request.path, default: 0] += 1
                return .json(200, "{\"status\":\"\(state.looks[request.path] == 1 ? "PAYING" : "CONFIRMED")\"}")
            }
        }
    }

    @Test(
        "all users of each wave are released together and all their clicks are answered",
        arguments: [1, 2],
        TransportChoice.both
    )
    func waves(threads: Int, transport: TransportChoice) async throws {
        let server = try Self.suite()
        defer { server.stop() }
        let run = try await Run(
            Self.yaml(users: 60, waves: 3),
            against: server.url,
            events: [Self.event],
            threads: threads,
            transport: transport
        )
        #expect(run.result.waves.count == 3)
        for wave in run.result.waves {
            #expect(wave.released == 60)
            #expect(wave.answered == 60)
            #expect(wave.completedAll)
            #expect(wave.unprepared == 0)
            #expect(wave.releasedNs >= wave.dueNs)
            #expect(wave.firstByteNs >= wave.releasedNs)
            #expect(wave.lastReplyNs > wave.lastByteNs)
        }
        let table = run.result.metrics
        #expect(table.count(.httpReqs, where: ["request": "hold", "status": "201"]) == 6)
        #expect(table.count(.httpReqs, where: ["request": "hold", "status": "409"]) == 174)
        #expect(table.count(.httpReqs, where: ["request": "order"]) == 6)
        #expect(table.count(.httpReqs, where: ["request": "poll"]) == 12)
        #expect(table.rate(.httpReqFailed)?.share == 0)
        #expect(table.trend(.sagaTime)?.count == 6)
        #expect(table.count(.iterations) == 180)
        #expect(table.trend(.stormReleaseSpread)?.count == 3)
        #expect(table.trend(.httpReqResponseTime, where: ["request": "hold"])?.count == 180)
        #expect(run.result.interrupted == false)
    }

    @Test("a user keeps his connection, and nobody else's request comes over it", arguments: TransportChoice.both)
    func connections(transport: TransportChoice) async throws {
        let server = try Self.suite()
        defer { server.stop() }
        _ = try await Run(
            Self.yaml(users: 40, waves: 2),
            against: server.url,
            events: [Self.event],
            transport: transport
        )
        var users: [Int: Set<String>] = [:]
        for request in server.measured {
            users[request.connection, default: []].insert(request.headers["authorization"] ?? "none")
        }
        #expect(users.count == 80)
        #expect(users.values.allSatisfy { $0.count == 1 })
        #expect(Set(server.requests.map(\.connection)).count == 80)
    }

    @Test(
        "nobody clicks before his wave is due, and every wave's users are warm by then",
        arguments: TransportChoice.both
    )
    func barrier(transport: TransportChoice) async throws {
        let server = try Self.suite()
        defer { server.stop() }
        let run = try await Run(
            Self.yaml(users: 50, waves: 2),
            against: server.url,
            events: [Self.event],
            transport: transport
        )
        for wave in run.result.waves {
            let clicks = server.measured.filter {
                $0.path.hasSuffix("/reservations") && ($0.headers["authorization"] ?? "").contains("-w\(wave.wave)-")
            }
            #expect(clicks.count == 50)
            #expect(clicks.allSatisfy { $0.at >= wave.dueNs })
            let connections = Set(clicks.map(\.connection))
            let warming = server.requests.filter {
                $0.path == "/ticketing/reservation/healthz" && connections.contains($0.connection)
            }
            #expect(warming.allSatisfy { $0.at < wave.releasedNs })
            // The first wave also rehearses all at once.
            #expect(warming.count == (wave.wave == 0 ? 100 : 50))
        }
    }

    @Test("the history has every request to a contract route as its client saw it", arguments: TransportChoice.both)
    func history(transport: TransportChoice) async throws {
        let server = try Self.suite()
        defer { server.stop() }
        let run = try await Run(
            Self.yaml(users: 10, waves: 2),
            against: server.url,
            events: [Self.event],
            transport: transport
        )
        #expect(run.header["history"] as? Int == 1)
        #expect(run.header["startMonotonic"] as? UInt64 == run.result.startedNs)
        #expect(run.history.count == server.measured.count)
        #expect(Set(run.history.compactMap { $0["i"] as? Int }).count == run.history.count)
        let granted = run.history.filter { $0["request"] as? String == "hold" && $0["status"] as? Int == 201 }
        #expect(granted.count == 4)
        for entry in granted {
            #expect((entry["user"] as? String)?.hasPrefix("clicks-w\(entry["wave"] as? Int ?? -1)-u") == true)
            #expect(entry["method"] as? String == "POST")
            #expect(entry["path"] as? String == "/ticketing/reservation/api/reservations")
            #expect((entry["body"] as? String)?.contains("\"eventId\":\"E1\"") == true)
            #expect((entry["reply"] as? String)?.hasPrefix("{\"holdToken\":\"h\\\"A") == true)
            #expect(entry["trace"] as? String == "0123456789abcdef0123456789abcdef")
            #expect(entry["error"] is NSNull)
            #expect(entry["phase"] as? String == "steady")
            let invoke = try #require(entry["invoke"] as? UInt64)
            let returned = try #require(entry["return"] as? UInt64)
            #expect(returned > invoke)
        }
        let refused = run.history.filter { $0["status"] as? Int == 409 }
        #expect(refused.allSatisfy { $0["reply"] is NSNull })
        let keys = run.history.compactMap { $0["key"] as? String }
        #expect(keys.count == 4)
        #expect(Set(keys).count == 4)
        #expect(keys.allSatisfy { $0.utf8.count == 36 })
    }

    @Test(
        "a wave that cannot be prepared in time is released late, and that is on record",
        arguments: TransportChoice.both
    )
    func lateWave(transport: TransportChoice) async throws {
        let server = try Self.suite()
        defer { server.stop() }
        let run = try await Run(
            Self.yaml(users: 200, waves: 3, every: "1ms"),
            against: server.url,
            events: [Self.event],
            transport: transport
        )
        #expect(run.result.waves.allSatisfy { $0.completedAll })
        #expect(run.result.waves.dropFirst().allSatisfy { $0.latenessSeconds > 0 })
        let lateness = try #require(run.result.metrics.trend(.httpReqLateness, where: ["request": "hold"]))
        let latest = try #require(run.result.waves.map(\.latenessSeconds).max())
        #expect(Double(lateness.maximum) / 1e6 >= latest * 0.99)
    }

    @Test("the same seed gives the same requests, but for the idempotency keys", arguments: TransportChoice.both)
    func reproducible(transport: TransportChoice) async throws {
        let server = try TestServer { _ in .json(409, "{}") }
        defer { server.stop() }
        let yaml = Self.yaml(users: 20, waves: 2).replacing("each(finale[0].seats)", with: "pick(finale[0].seats)")
        let first = try await Run(yaml, against: server.url, events: [Self.event], transport: transport)
        let second = try await Run(yaml, against: server.url, events: [Self.event], transport: transport)
        func bodies(_ run: Run) -> [String: String] {
            var bodies: [String: String] = [:]
            for entry in run.history { bodies[entry["user"] as? String ?? ""] = entry["body"] as? String }
            return bodies
        }
        #expect(bodies(first).count == 40)
        #expect(bodies(first) == bodies(second))
    }
}
