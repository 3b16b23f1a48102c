import Foundation
import FoundationNetworking
import Testing

/// `ticketing broker` as a process of its own, which dies with this one.
final class BrokerProcess {
    struct Places: Codable, Equatable {
        let bootstrapServers: String
        let control: String
    }
    struct State: Decodable {
        struct Broker: Decodable {
            let id: Int32
            let up: Bool
            let roundTripMilliseconds: Int
        }
        let bootstrapServers: String
        let frozenSeconds: Double
        let brokers: [Broker]
    }
    struct Failure: Decodable {
        let code: String
        let message: String
        let traceId: String
    }

    let process = Process()
    let portFile: URL
    /// The first two lines of standard output.
    private(set) var lines: [String] = []
    private(set) var control = ""

    init(_ arguments: [String] = []) throws {
        let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
        let executable =
            ProcessInfo.processInfo.environment["TICKETING_BIN"] ?? root.appending(path: ".build/debug/ticketing").path
        try #require(
            FileManager.default.isExecutableFile(atPath: executable),
            "\(executable) is missing: build the product ticketing first"
        )
        self.portFile = FileManager.default.temporaryDirectory.appending(path: "broker-\(UUID().uuidString).json")
        let output = Pipe()
        // The kernel ends the broker when the test ends, however it ends.
        self.process.executableURL = URL(fileURLWithPath: "/usr/bin/setpriv")
        self.process.arguments =
            ["--pdeathsig", "KILL", executable, "broker", "--port-file", self.portFile.path] + arguments
        self.process.standardOutput = output
        self.process.standardError = FileHandle.nullDevice
        try self.process.run()
        var bytes = Data()
        while bytes.count(where: { $0 == UInt8(ascii: "\n") }) < 2 {
            let more = output.fileHandleForReading.availableData
            guard !more.isEmpty else { break }
            bytes.append(more)
        }
        self.lines = String(decoding: bytes, as: UTF8.self).split(separator: "\n").map(String.init)
        try #require(self.lines.count == 2)
        self.control = String(self.lines[1].dropFirst("control=".count))
    }

    var bootstrapServers: String { String(self.lines[0].dropFirst("bootstrap.servers=".count)) }

    func places() throws -> Places {
        try JSONDecoder().decode(Places.self, from: Data(contentsOf: self.portFile))
    }

    /// Asks the control server.
    func ask(_ method: String, _ path: String) async throws -> (status: Int, body: Data) {
        var request = URLRequest(url: try #require(URL(string: self.control + path)))
        request.httpMethod = method
        let (body, response) = try await URLSession.shared.data(for: request)
        return (try #require(response as? HTTPURLResponse).statusCode, body)
    }

    /// Asks for something that succeeds.
    func command(_ method: String, _ path: String) async throws -> State {
        let (status, body) = try await self.ask(method, path)
        #expect(status == 200, "\(method) \(path): \(String(decoding: body, as: UTF8.self))")
        return try JSONDecoder().decode(State.self, from: body)
    }

    /// Sends a signal and waits for the end.
    func end(_ signal: Int32) async throws -> Int32 {
        kill(self.process.processIdentifier, signal)
        let ended = try await eventually { !self.process.isRunning }
        try #require(ended, "the broker did not end after signal \(signal)")
        try? FileManager.default.removeItem(at: self.portFile)
        return self.process.terminationReason == .exit ? self.process.terminationStatus : -1
    }

    deinit {
        if self.process.isRunning { kill(self.process.processIdentifier, SIGKILL) }
        try? FileManager.default.removeItem(at: self.portFile)
    }
}
