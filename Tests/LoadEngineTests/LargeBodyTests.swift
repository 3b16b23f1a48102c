import Foundation
import LoadEngine
import Scenario
import Statistics
import Testing

@Suite("large bodies")
struct LargeBodyTests {
    private static let size = 100 << 20
    static let framings = [
        "HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n6400000\r\n",
    ]

    @Test(
        "a body of 100 MB is given up after 64 MB, is an error of its own kind, and is not kept in memory",
        arguments: framings,
        TransportChoice.both
    )
    func givenUp(framing: String, transport: TransportChoice) async throws {
        let server = try TestServer {
            $0.path.hasSuffix("/healthz") ? .json(200, "{}") : .endless(framing, Self.size)
        }
        defer { server.stop() }
        let before = try Self.memory(resettingPeak: true)
        let run = try await Run(TransportErrorTests.yaml(timeout: "60s"), against: server.url, transport: transport)
        let after = try Self.memory(resettingPeak: false)
        #expect(run.result.metrics.counts(.httpReqs, by: "error") == ["body-too-large": 3])
        #expect(run.history.map { $0["error"] as? String } == [String](repeating: "body-too-large", count: 3))
        // Beyond the bound only what one read or one callback has brought.
        let received = try #require(run.result.metrics.count(.dataReceived))
        #expect(received >= 3 * 64 << 20 && received < 3 * 65 << 20, "\(received)")
        // Three users each keep 1 MB of what may be looked at; buffers grow by doubling.
        #expect(after - before < 24 << 10, "\(before) to \(after) KB")
    }

    /// KB resident now, or the most since the last reset.
    private static func memory(resettingPeak: Bool) throws -> Int {
        if resettingPeak { try Data("5".utf8).write(to: URL(filePath: "/proc/self/clear_refs")) }
        let status = try String(contentsOfFile: "/proc/self/status", encoding: .utf8)
        let line = try #require(status.split(separator: "\n").first { $0.hasPrefix("VmHWM:") })
        return try #require(line.split(separator: " ").dropFirst().first.flatMap { Int($0) })
    }
}
