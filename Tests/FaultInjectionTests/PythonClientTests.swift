import Foundation
import Testing

@testable import FaultInjection

@Suite("toxiproxy-python, unchanged", .timeLimit(.minutes(4)))
struct PythonClientTests {
    @Test("it populates, adds, changes and removes each toxic and resets, and a real Redis shows the effects")
    func drives() async throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("toxiproxy-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: folder) }
        let installed = try await run(
            "python3 -m pip install --quiet --disable-pip-version-check --target \(folder.path) toxiproxy-python==0.1.1",
            path: nil
        )
        try #require(installed.status == 0, "pip could not install toxiproxy-python: \(installed.output)")
        let script = try #require(Bundle.module.url(forResource: "drive-toxics", withExtension: "py"))
        try await TestRedis.with { redis in
            try await TestProxy.with { proxy in
                let port = proxy.server.url.split(separator: ":").last ?? ""
                let driven = try await run("python3 \(script.path) \(port) \(redis)", path: folder.path)
                #expect(driven.status == 0, "\(driven.output)")
                #expect(driven.output.hasSuffix("all shown\n"), "\(driven.output)")
            }
        }
    }

    private func run(_ command: String, path: String?) async throws -> (status: Int32, output: String) {
        try await onThread {
            let process = Process()
            process.executableURL = URL(fileURLWithPath: "/bin/sh")
            process.arguments = ["-c", "exec timeout 120 \(command)"]
            if let path {
                process.environment = ProcessInfo.processInfo.environment.merging(["PYTHONPATH": path]) { $1 }
            }
            let pipe = Pipe()
            process.standardOutput = pipe
            process.standardError = pipe
            try process.run()
            let output = pipe.fileHandleForReading.readDataToEndOfFile()
            process.waitUntilExit()
            return (process.terminationStatus, String(decoding: output, as: UTF8.self))
        }
    }
}
