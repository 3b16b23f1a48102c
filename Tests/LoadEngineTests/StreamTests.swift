import Foundation
import LoadEngine
import Scenario
import Statistics
import Testing

@Suite("streams of server-sent events")
struct StreamTests {
    private static let path = "/ticketing/catalog/api/events/e1/seats/stream"

    private static func yaml(_ step: String = "stream: \(path), for: 200ms", vus: Int = 1) -> String {
        ConstantUsersTests.yaml(steps: "- map: { \(step) }", vus: vus, duration: "50ms")
    }

    private static func stream(_ events: String...) -> String {
        "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\nretry: 10\n\n" + events.joined()
    }

    private static func initial(_ id: String, versions: Int...) -> String {
        let seats = versions.enumerated().map {
            "{\"id\":\"S\($0.offset)\",\"status\":\"AVAILABLE\",\"version\":\($0.element)}"
        }
        return "event: INIT\nid: \(id)\ndata: {\"seats\":[\(seats.joined(separator: ","))]}\n\n"
    }

    private static func update(_ id: String, seat: Int, version: Int) -> String {
        "event: SEAT_UPDATE\nid: \(id)\ndata: {\"seatId\":\"S\(seat)\",\"status\":\"HELD\",\"version\":\(version)}\n\n"
    }

    /// A server whose n-th connection of a stream gets the n-th of these and is closed, but for the last.
    private static func server(_ connections: [String]) throws -> TestServer {
        try TestServer { request in
            let isResumed = request.headers["last-event-id"] != nil
            let text = connections[isResumed ? 1 : 0]
            return isResumed ? .raw(text) : .rawThenClose(text)
        }
    }

    @Test(
        "after a break a stream asks for what it missed, and is whole when it gets it",
        arguments: TransportChoice.both
    )
    func resumed(transport: TransportChoice) async throws {
        let server = try Self.server([
            Self.stream(Self.initial("10-0", versions: 1, 1), Self.update("11-0", seat: 1, version: 2)),
            Self.stream(Self.update("11-1", seat: 1, version: 3), Self.update("12-0", seat: 0, version: 2)),
        ])
        defer { server.stop() }
        let run = try await Run(Self.yaml(), against: server.url, transport: transport)
        #expect(server.requests.map { $0.headers["last-event-id"] } == [nil, "11-0"])
        let streams = run.result.streams
        #expect(streams.streams == 1)
        #expect(streams.events == 4)
        #expect([streams.reconnects, streams.resumes, streams.restarts] == [1, 1, 0])
        #expect([streams.missed, streams.outOfOrder] == [0, 0])
        #expect(run.result.metrics.rate(.checks)?.share == 1)
        #expect(run.result.metrics.count(.iterations) == 1)
    }

    @Test(
        "what a resumed stream does not tell is counted: versions left out, versions that fall, and an INIT instead",
        arguments: TransportChoice.both
    )
    func gaps(transport: TransportChoice) async throws {
        func run(_ second: String) async throws -> StreamReport {
            let first = Self.stream(Self.initial("10-0", versions: 1, 1), Self.update("11-0", seat: 1, version: 2))
            let server = try Self.server([first, Self.stream(second)])
            defer { server.stop() }
            let run = try await Run(Self.yaml(), against: server.url, transport: transport)
            return run.result.streams
        }
        let leftOut = try await run(Self.update("12-0", seat: 1, version: 5))
        #expect(leftOut.missed == 2)
        let again = try await run(Self.update("12-0", seat: 1, version: 2))
        #expect(again.outOfOrder == 1)
        let earlier = try await run(Self.update("9-0", seat: 1, version: 3))
        #expect(earlier.outOfOrder == 1)
        let anew = try await run(Self.initial("12-0", versions: 2, 7))
        #expect([anew.restarts, anew.missed, anew.outOfOrder] == [1, 0, 0])
        let older = try await run(Self.initial("12-0", versions: 2, 1))
        #expect([older.restarts, older.outOfOrder] == [1, 1])
        // The first 32 bits are the epoch, which jumps when Redis was lost.
        let later = try await run(Self.update("12-0", seat: 1, version: 1 << 32 + 1))
        #expect([later.missed, later.outOfOrder] == [0, 0])
    }

    @Test(
        "a refusal ends a stream, an answer of a gateway without its service does not",
        arguments: TransportChoice.both
    )
    func refused(transport: TransportChoice) async throws {
        for (status, isFinal) in [(404, true), (502, false)] {
            let server = try TestServer { _ in .json(status, "{}") }
            defer { server.stop() }
            let yaml = Self.yaml("stream: \(Self.path), for: 2500ms")
            let run = try await Run(yaml, against: server.url, transport: transport)
            #expect((run.result.streams.reconnects == 0) == isFinal)
            #expect(run.result.metrics.rate(.checks)?.share == 0)
            #expect(run.result.metrics.rate(.httpReqFailed)?.share == 1)
        }
    }

    @Test("an update is timed from the moment in its id, and one that is ahead of it says that clocks differ")
    func delivery() async throws {
        let now = Int(Date().timeIntervalSince1970 * 1000)
        let server = try TestServer { _ in
            .raw(
                Self.stream(
                    Self.initial("\(now - 60_000)-0", versions: 1),
                    Self.update("\(now - 30_000)-0", seat: 0, version: 2),
                    Self.update("\(now + 3_600_000)-0", seat: 0, version: 3)
                )
            )
        }
        defer { server.stop() }
        let run = try await Run(Self.yaml(), against: server.url)
        let times = try #require(
            run.result.metrics.trend(.sseDeliveryTime, where: ["request": "map", "load": "steady"])
        )
        #expect(times.count == 2)
        #expect(times.maximum >= 30_000_000)
        #expect(times.maximum < 50_000_000)
        #expect(times.minimum == 0)
        #expect(run.result.streams.ahead == 1)
        #expect((3_590_000...3_600_000).contains(run.result.streams.aheadMilliseconds))
    }

    @Test("a stream has answered with its first byte, however long it is held")
    func responseTime() async throws {
        let server = try TestServer { _ in .raw(Self.stream(Self.initial("10-0", versions: 1))) }
        defer { server.stop() }
        let run = try await Run(Self.yaml("stream: \(Self.path), for: 3s"), against: server.url)
        #expect(run.result.metrics.trend(.iterationDuration)?.minimum ?? 0 >= 3_000_000)
        #expect(run.result.metrics.trend(.httpReqResponseTime)?.maximum ?? .max < 2_500_000)
    }

    @Test("the history has each event once, and who received it when over which connection", arguments: [1, 2])
    func history(threads: Int) async throws {
        let server = try Self.server([
            Self.stream(Self.initial("10-0", versions: 1, 1), Self.update("11-0", seat: 1, version: 2)),
            Self.stream(Self.update("11-1", seat: 1, version: 3)),
        ])
        defer { server.stop() }
        let run = try await Run(Self.yaml(vus: 4), against: server.url, threads: threads)
        let messages = run.history.filter { $0["sse"] != nil }
        #expect(messages.count == 3 * threads)
        #expect(Set(messages.compactMap { $0["sse"] as? Int }).count == messages.count)
        let ids = Dictionary(
            uniqueKeysWithValues: messages.map { ($0["sse"] as? Int ?? -1, $0["id"] as? String ?? "") }
        )
        let lines = run.history.filter { $0["stream"] != nil }
        #expect(Set(lines.compactMap { $0["stream"] as? Int }).count == 4)
        for stream in Set(lines.compactMap { $0["stream"] as? Int }) {
            let own = lines.filter { $0["stream"] as? Int == stream }
            #expect(own.map { $0["connection"] as? Int } == [0, 0, 0, 1, 1, 1])
            #expect(own[0]["path"] as? String == Self.path)
            #expect(own[0]["user"] as? String == own[3]["user"] as? String)
            #expect(own[0]["lastEventID"] is NSNull)
            #expect(own[3]["lastEventID"] as? String == "11-0")
            let received = own.compactMap { $0["received"] as? [Int] }
            #expect(
                received.map { pairs in stride(from: 0, to: pairs.count, by: 2).map { ids[pairs[$0]] } } == [
                    ["10-0", "11-0"], ["11-1"],
                ]
            )
            let moments = received.flatMap { pairs in stride(from: 1, to: pairs.count, by: 2).map { pairs[$0] } }
            #expect(moments == moments.sorted())
            #expect(own[0]["began"] as? Int ?? .max <= moments.first ?? 0)
            #expect(own[2]["status"] as? Int == 200)
            #expect(own[5]["error"] is NSNull)
        }
    }
}
