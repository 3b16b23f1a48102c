import Contract
import Environment
import FaultInjection
import Foundation
import Scenario
import Verification

/// The suite that a run storms: started here, or running already.
enum TargetSuite: Sendable {
    case embedded(EmbeddedSuite, SpanReceiver)
    /// With its commands by what they do.
    case connected(ConnectedSuite, [String: String])
    /// One that `seatstorm suite up` left running, and the way to its supervisor.
    case standing(StandingSuite, Supervisor)

    /// Starts the embedded suite, or connects to the one that the scenario names, or to the standing one of a folder.
    static func bringUp(
        _ scenario: Scenario,
        ticketing: String?,
        instances: [ServiceName: Int],
        standingIn folder: String?,
        records: Bool
    ) async throws -> TargetSuite {
        if let folder {
            let suite = try StandingSuite.read(in: folder)
            try await suite.checkReady()
            return .standing(suite, try suite.attach())
        }
        if let target = scenario.environment {
            let suite = try ConnectedSuite(target)
            try await suite.checkReady(isBare: scenario.isWithoutData)
            return .connected(suite, target.commands)
        }
        var configuration = SuiteConfiguration(ticketing: ticketing.map { URL(filePath: $0).path })
        configuration.instances = instances
        configuration.standsBack = true
        // Services write a line a request below this level: too much for a storm.
        configuration.logLevel = "warning"
        // Where nothing is to be broken, what is measured is the suite alone.
        configuration.usesFaultProxy = scenario.hasFaults
        // Only an executable with seeded bugs knows the name; see `ticketing-bugs`.
        configuration.serviceEnvironment = ProcessInfo.processInfo.environment.filter { $0.key == "TICKETING_BUG" }
        let receiver = try await SpanReceiver.start()
        // Losers of a storm are many, and their traces are of one request: those of orders are recorded.
        configuration.tracesOrdersOnly = true
        if records { configuration.serviceEnvironment["OTEL_EXPORTER_OTLP_ENDPOINT"] = receiver.url }
        do {
            return .embedded(try await EmbeddedSuite.start(configuration), receiver)
        } catch {
            await receiver.stop()
            throw error
        }
    }

    var addresses: SuiteAddresses {
        switch self {
        case .embedded(let suite, _): suite.addresses
        case .connected(let suite, _): suite.addresses
        case .standing(let suite, _): suite.addresses
        }
    }

    /// Nil where authentication is off.
    var tokens: TokenMinter? {
        switch self {
        case .embedded(let suite, _): suite.tokens
        case .connected(let suite, _): suite.tokens
        case .standing(let suite, _): suite.tokens
        }
    }

    /// Servers that ended though nobody asked them to.
    var failures: [String] {
        switch self {
        case .embedded(let suite, _): suite.failures
        case .connected, .standing: []
        }
    }

    /// What may be done to its processes; nil where they are not ours.
    var processes: (any ProcessControl)? {
        switch self {
        case .embedded(let suite, _): SuiteProcesses(suite.supervisor, suite.addresses)
        case .standing(let suite, let supervisor): SuiteProcesses(supervisor, suite.addresses)
        case .connected(let suite, let commands):
            commands.isEmpty ? nil : CommandProcesses(commands, suite.addresses)
        }
    }

    /// Whether nobody but the harness rests on it.
    var isOurs: Bool {
        switch self {
        case .embedded, .standing: true
        case .connected: false
        }
    }

    /// Where the record of its process groups is; nil where nothing was started.
    var groupsFile: String? { addresses.directory.map { $0 + "/groups.json" } }

    /// What faults may have left of rules and processes; nothing is known of a suite that was not started here.
    func leftovers() async -> [String] {
        switch self {
        case .embedded(let suite, _): await SuiteLeftovers(suite.supervisor, suite.addresses).all()
        case .standing(let suite, let supervisor): await SuiteLeftovers(supervisor, suite.addresses).all()
        case .connected: []
        }
    }

    /// Keeps the spans that the services export from now on in a file of `folder`; nil where nothing was started.
    ///
    /// - Throws: when the file cannot be made.
    func recordSpans(in folder: String) throws -> SpanSource? {
        guard case .embedded(let suite, let receiver) = self else { return nil }
        let path = folder + "/" + SpanFile.name
        try receiver.record(to: path)
        return SpanSource(path: path) {
            let losses = await suite.spanLosses()
            return (losses.ended, losses.dropped + receiver.losses)
        }
    }

    /// Copies the servers' logs into the report; takes down what was started.
    func end(logsTo folder: String) async {
        guard case .embedded(let suite, let receiver) = self else { return }
        if let directory = addresses.directory {
            let files = (try? FileManager.default.contentsOfDirectory(atPath: directory)) ?? []
            try? FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
            for file in files where file.hasSuffix(".log") {
                try? FileManager.default.copyItem(atPath: "\(directory)/\(file)", toPath: "\(folder)/\(file)")
            }
        }
        await suite.stop()
        await receiver.stop()
    }
}
