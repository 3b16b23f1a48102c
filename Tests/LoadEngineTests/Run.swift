import Foundation
import LoadEngine
import Scenario

/// A run of a scenario's text against a server, and what it left behind.
struct Run {
    let result: LoadResult
    /// The history's entries, without its header.
    let history: [[String: Any]]
    let header: [String: Any]

    static func engine(
        _ yaml: String,
        against gateway: String,
        events: [SeededEvent] = [],
        threads: Int = 1,
        historyPath: String? = nil,
        warmsUp: Bool = true,
        redis: String? = nil,
        transport: TransportChoice = .auto
    ) throws -> LoadEngine {
        let scenario = try Scenario.read(yaml: yaml)
        let configuration = LoadConfiguration(
            gateway: gateway,
            events: events,
            seed: 42,
            threads: threads,
            historyPath: historyPath,
            warmsUp: warmsUp,
            redis: redis,
            transport: transport,
            tokenForUser: { "token-of-\($0)" }
        )
        return try LoadEngine(scenario: scenario, configuration: configuration)
    }

    /// Runs the scenario to its end; `meanwhile` runs beside the load.
    init(
        _ yaml: String,
        against gateway: String,
        events: [SeededEvent] = [],
        threads: Int = 1,
        warmsUp: Bool = true,
        redis: String? = nil,
        transport: TransportChoice = .auto,
        meanwhile: @Sendable @escaping (LoadEngine) async throws -> Void = { _ in }
    ) async throws {
        let path = NSTemporaryDirectory() + "history-\(UUID().uuidString).jsonl"
        defer { try? FileManager.default.removeItem(atPath: path) }
        let engine = try Self.engine(
            yaml,
            against: gateway,
            events: events,
            threads: threads,
            historyPath: path,
            warmsUp: warmsUp,
            redis: redis,
            transport: transport
        )
        async let beside: Void = meanwhile(engine)
        result = try await engine.run()
        try await beside
        let lines = try String(contentsOfFile: path, encoding: .utf8).split(separator: "\n")
        let objects = try lines.map { line -> [String: Any] in
            let object = try JSONSerialization.jsonObject(with: Data(line.utf8))
            guard let entry = object as? [String: Any] else { throw TestFailure("not an object: \(line)") }
            return entry
        }
        header = objects.first ?? [:]
        history = Array(objects.dropFirst())
    }
}

extension TransportChoice {
    /// The same must come out of both.
    static let both: [TransportChoice] = [.curl, .native]
}
