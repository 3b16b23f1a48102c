import Foundation
import Glibc
import Testing

@testable import Environment

/// A run against an HTTP server that knows nothing of tickets.
@Suite("seatstorm against a plain server", .serialized)
struct PlainServerTests {
    @Test(
        "it is judged by its SLO alone, and says so",
        arguments: [
            ("http_req_failed: rate < 1%", Int32(0)), ("http_req_failed: rate > 50%", 99),
            // What was not looked at is not zero.
            ("oversell == 0", 91), ("violations == 0", 91), (nil, 91),
        ] as [(String?, Int32)]
    )
    func judged(slo: String?, exitCode: Int32) async throws {
        let port = try FreePort.next()
        let folder = FileManager.default.temporaryDirectory.appending(path: "plain-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let server = try Self.serve(folder, at: port)
        defer {
            // SIGTERM is blocked in the children of a test process.
            kill(server.processIdentifier, SIGKILL)
            server.waitUntilExit()
        }
        let probe = LoopbackProbe(port: port)
        try await waitUntil("python's server answers", within: .seconds(10)) { try await probe.get("/").status == 200 }
        let run = try await Self.run("http://127.0.0.1:\(port)", slo)
        defer { run.remove() }
        #expect(run.exitCode == exitCode, "\(run.text)")
        let summary = try run.summary()
        #expect((summary["invariants"] as? [Any])?.isEmpty == true)
        #expect((summary["notes"] as? [String])?.count == 1)
        #expect(run.text.contains("judged by its slo alone"), "\(run.text)")
        let requests = try #require(summary["requests"] as? [String: [String: Any]])
        #expect(requests["look"]?["count"] as? Int == 20)
        #expect(requests["look"]?["failed"] as? Int == 0)
    }

    @Test("one that is not there is exit code 107, and named")
    func absent() async throws {
        let url = "http://127.0.0.1:\(try FreePort.next())"
        let run = try await Self.run(url, nil)
        defer { run.remove() }
        #expect(run.exitCode == 107, "\(run.text)")
        #expect(run.text.contains(url))
    }

    private static func run(_ gateway: String, _ slo: String?) async throws -> Seatstorm {
        let file = FileManager.default.temporaryDirectory.appending(path: "plain-\(UUID().uuidString).yaml")
        defer { try? FileManager.default.removeItem(at: file) }
        let text = """
            name: plain
            environment: { gateway: "\(gateway)" }
            flows: { looking: [{ look: { get: / } }] }
            load: { fans: { executor: shared-iterations, flow: looking, vus: 4, iterations: 20 } }
            \(slo.map { "slo: [\"\($0)\"]" } ?? "")
            """
        try Data(text.utf8).write(to: file)
        return try await Seatstorm.run(["run", "--no-color", file.path])
    }

    private static func serve(_ folder: URL, at port: Int) throws -> Process {
        let server = Process()
        server.executableURL = URL(filePath: "/usr/bin/env")
        server.arguments = ["python3", "-m", "http.server", "--bind", "127.0.0.1", "\(port)"]
        server.currentDirectoryURL = folder
        server.standardOutput = FileHandle.nullDevice
        server.standardError = FileHandle.nullDevice
        try server.run()
        return server
    }
}
