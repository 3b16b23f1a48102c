import Environment
import Foundation
import Glibc
import Synchronization
import Testing

/// What a process printed so far.
private final class Output: Sendable {
    let data = Mutex(Data())
}

/// A run of the `seatstorm` executable that was built with these tests.
final class Seatstorm: Sendable {
    private let process: Process
    private let output = Output()
    /// The run's own folder: reports go to `reports`, removed with ``remove()``.
    let folder: URL
    private let input = Pipe()

    /// Starts `seatstorm` with `arguments` in a folder of its own.
    init(_ arguments: [String], environment: [String: String] = [:]) throws {
        folder = FileManager.default.temporaryDirectory.appending(path: "seatstorm-test-\(UUID().uuidString.prefix(8))")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        process = Process()
        process.executableURL = Self.executable("seatstorm")
        process.arguments = arguments
        process.currentDirectoryURL = folder
        process.environment = ProcessInfo.processInfo.environment.merging(environment) { $1 }
        process.standardInput = input
        let pipe = Pipe()
        process.standardOutput = pipe
        process.standardError = pipe
        pipe.fileHandleForReading.readabilityHandler = { [output] handle in
            let data = handle.availableData
            if data.isEmpty { handle.readabilityHandler = nil }
            output.data.withLock { $0.append(data) }
        }
        try process.run()
    }

    /// Runs to the end.
    static func run(_ arguments: [String], environment: [String: String] = [:]) async throws -> Seatstorm {
        let run = try Seatstorm(arguments, environment: environment)
        try await run.waitForExit()
        return run
    }

    /// A product built beside the tests.
    static func executable(_ name: String) -> URL {
        var folder = URL(filePath: CommandLine.arguments[0]).deletingLastPathComponent()
        while folder.path != "/", !FileManager.default.isExecutableFile(atPath: folder.appending(path: name).path) {
            folder = folder.deletingLastPathComponent()
        }
        return folder.appending(path: name)
    }

    /// A scenario of the repository, or of this target.
    static func scenario(_ name: String) -> String {
        let here = URL(filePath: #filePath).deletingLastPathComponent()
        let own = here.appending(path: "Scenarios/\(name).yaml")
        if FileManager.default.fileExists(atPath: own.path) { return own.path }
        return here.appending(path: "../../scenarios/\(name).yaml").standardized.path
    }

    /// What a scenario of this target needs to know of a suite that runs already.
    static func variables(of addresses: SuiteAddresses) -> [String: String] {
        [
            "GATEWAY": addresses.gateway, "REDIS": addresses.redis ?? "", "MYSQL": addresses.mysql ?? "",
            "KAFKA": addresses.kafka ?? "", "SECRET_FILE": addresses.authSecretFile ?? "",
        ]
    }

    /// All that it printed so far.
    var text: String { String(decoding: output.data.withLock { $0 }, as: UTF8.self) }

    var exitCode: Int32 { process.terminationStatus }

    /// Waits until it printed `needle`, or fails with what it printed instead.
    func waitFor(_ needle: String, within limit: Duration = .seconds(90)) async throws {
        try await wait("print '\(needle)'", within: limit) { self.text.contains(needle) }
    }

    func waitForExit(within limit: Duration = .seconds(180)) async throws {
        try await wait("exit", within: limit) { !self.process.isRunning }
    }

    private func wait(_ what: String, within limit: Duration, until condition: () -> Bool) async throws {
        let deadline = ContinuousClock.now + limit
        while !condition() {
            guard ContinuousClock.now < deadline, process.isRunning || condition() else {
                Issue.record("seatstorm did not \(what):\n\(text)")
                process.terminate()
                throw CancellationError()
            }
            try await Task.sleep(for: .milliseconds(20))
        }
    }

    func signal(_ signal: Int32) { kill(process.processIdentifier, signal) }

    /// Types a line.
    func type(_ line: String) throws { try input.fileHandleForWriting.write(contentsOf: Data((line + "\n").utf8)) }

    /// `summary.json` of the run.
    func summary() throws -> [String: Any] {
        let data = try Data(contentsOf: folder.appending(path: "reports/latest/summary.json"))
        return try #require(try JSONSerialization.jsonObject(with: data) as? [String: Any])
    }

    /// The suite's process groups by the name of their server, from the record that the run printed the path of.
    func groups() throws -> [String: Int32] {
        let line = try #require(
            text.split(separator: "\n").first { $0.contains("groups.json") },
            "no groups in:\n\(text)"
        )
        let path = try #require(line.split(separator: " ").last.map(String.init))
        let list = try JSONDecoder().decode([Group].self, from: Data(contentsOf: URL(filePath: path)))
        // Redis, MariaDB, broker, proxy, nginx and the four services.
        try #require(list.count >= 9, "\(list)")
        return Dictionary(list.map { ($0.name, $0.id) }, uniquingKeysWith: { $1 })
    }

    private struct Group: Decodable {
        var name: String
        var id: Int32
    }

    /// Waits until no process of `groups` is left.
    static func waitUntilGone(_ groups: [String: Int32], within limit: Duration) async throws {
        try await waitUntil("\(groups) are gone", within: limit) { !groups.values.contains { kill(-$0, 0) == 0 } }
    }

    func remove() { try? FileManager.default.removeItem(at: folder) }
}
