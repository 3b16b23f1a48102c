import Foundation
import LoadEngine
import Scenario
import Statistics
import Testing

@Suite("transport errors")
struct TransportErrorTests {
    static func yaml(timeout: String = "10s") -> String {
        """
        name: one
        flows:
          one:
            - click:
                post: /ticketing/reservation/api/reservations
                json: { a: 1 }
                timeout: \(timeout)
        load:
          clicks: { executor: storm, flow: one, users: 3, waves: 1, every: 1s }
        """
    }

    static let kinds: [(TestServer.Reply, String)] = [
        (.reset, "reset"), (.close, "closed"), (.hang, "timeout"),
        (.rawThenClose("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nshort"), "incomplete"),
        (.rawThenClose("HTTP/1.1 200 OK\r\nContent-Le"), "incomplete"),
        (.rawThenClose("HTTP/1.1 200 OK\r\nContent-Length: many\r\n\r\nshort"), "wrong-length"),
        (.raw("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n"), "chunk"),
        (
            .rawThenClose("HTTP/1.1 200 OK\r\n" + String(repeating: "Endless: header\r\n", count: 5_000)),
            "head-too-large"
        ),
        (.raw("HTTP/1.1 200 OK\r\nContent-Length: 104857600\r\n\r\nthe first of 100 MB"), "body-too-large"),
        (.rawThenClose("this is not HTTP at all, whatever one may think of it\r\n\r\n"), "protocol"),
    ]

    @Test(
        "what goes wrong has a kind, in the metrics and in the history",
        arguments: kinds.indices,
        TransportChoice.both
    )
    func kind(index: Int, transport: TransportChoice) async throws {
        let (reply, name) = Self.kinds[index]
        let server = try TestServer { $0.path.hasSuffix("/healthz") ? .json(200, "{}") : reply }
        defer { server.stop() }
        let run = try await Run(Self.yaml(timeout: "300ms"), against: server.url, transport: transport)
        #expect(run.result.metrics.counts(.httpReqs, by: "error") == [name: 3])
        #expect(run.result.metrics.counts(.httpReqs, by: "status") == ["0": 3])
        #expect(run.result.metrics.rate(.httpReqFailed)?.share == 1)
        #expect(run.history.map { $0["error"] as? String } == [name, name, name])
        #expect(run.history.allSatisfy { $0["status"] as? Int == 0 && $0["reply"] is NSNull })
        #expect(run.result.waves[0].completed == 3)
        #expect(run.result.waves[0].answered == 0)
        // libcurl would repeat a request whose kept-alive connection was closed: the server must have seen each once.
        #expect(server.measured.count == 3)
    }

    @Test("nobody listening is refused: nothing was written", arguments: TransportChoice.both)
    func refused(transport: TransportChoice) async throws {
        let server = try TestServer { _ in .hang }
        let url = server.url
        server.stop()
        // The port is free again once the server's thread has closed it.
        try await waitUntil("the server has stopped") { !canConnect(server.port) }
        let run = try await Run(Self.yaml(), against: url, transport: transport)
        #expect(run.result.metrics.counts(.httpReqs, by: "error") == ["refused": 3])
        #expect(run.result.metrics.count(.dataSent) == 0)
        #expect(run.result.waves[0].unprepared == 3)
        #expect(run.result.waves[0].completedAll)
    }

    @Test("a status outside `expect` is a failure, but not a transport error", arguments: TransportChoice.both)
    func unexpectedStatus(transport: TransportChoice) async throws {
        let server = try TestServer { _ in .json(503, "{}") }
        defer { server.stop() }
        let run = try await Run(Self.yaml(), against: server.url, transport: transport)
        #expect(run.result.metrics.counts(.httpReqs, by: "status") == ["503": 3])
        #expect(run.result.metrics.counts(.httpReqs, by: "error").isEmpty)
        #expect(run.result.metrics.rate(.httpReqFailed)?.share == 1)
    }
}
