import Contract
import Environment
import FaultInjection
import Foundation
import LoadEngine
import Logging
import Reporting
import Scenario
import Statistics
import Verification

/// The life of one run: bring up, seed, load and faults, revert, verify, report, take down.
struct ScenarioRun: Sendable {
    let scenario: Scenario
    let options: RunOptions
    let interruption: Interruption
    private let logger: Logger
    private let seed: UInt64

    /// How long the sagas may take to come to rest after the load.
    private static let quietLimit = Duration.seconds(45)

    init(scenario: Scenario, options: RunOptions, interruption: Interruption) {
        self.scenario = scenario
        self.options = options
        self.interruption = interruption
        var logger = Logger(label: "seatstorm") { StreamLogHandler.standardError(label: $0) }
        logger.logLevel = .error
        self.logger = logger
        // 53 bits, so that every JSON reader gets back the number that was drawn.
        seed = scenario.seed ?? UInt64.random(in: 0..<(1 << 53))
    }

    /// Runs to the end; every way out has taken the suite down.
    func execute() async -> Reporting.ExitCode {
        say("\(scenario.name), seed \(seed)")
        let target: TargetSuite
        do {
            target = try await bringUp()
        } catch {
            guard !interruption.hasHappened else { return .interrupted }
            Terminal.complain("seatstorm: \(error)")
            return .noEnvironment
        }
        let folder: ReportFolder
        do {
            folder = try ReportFolder(under: options.out, scenario: scenario.name, at: Date())
        } catch {
            Terminal.complain("seatstorm: make the report's folder under \(options.out): \(error)")
            await target.end(logsTo: NSTemporaryDirectory() + "seatstorm-logs")
            return .bug
        }
        let code = await run(against: target, into: folder)
        if options.keepsSuite, !interruption.hasHappened {
            waitForEnter("the suite runs at \(target.addresses.gateway); press Enter to end it")
        }
        await target.end(logsTo: folder.path + "/logs")
        return code
    }

    private func bringUp() async throws -> TargetSuite {
        let began = ContinuousClock.now
        say(scenario.environment.map { "connecting to \($0.gateway)" } ?? "starting the suite")
        let work = Task {
            try await TargetSuite.bringUp(
                scenario,
                ticketing: options.ticketing,
                instances: options.instances
            )
        }
        interruption.onInterruption { _ in work.cancel() }
        let target = try await work.value
        guard !interruption.hasHappened else {
            await target.end(logsTo: NSTemporaryDirectory() + "seatstorm-logs")
            throw CancellationError()
        }
        say(
            "ready after \((ContinuousClock.now - began).formatted(.units(allowed: [.seconds], fractionalPart: .show(length: 1)))) at \(target.addresses.gateway)"
        )
        if let groups = target.groupsFile { say("process groups: \(groups)") }
        return target
    }

    private func run(against target: TargetSuite, into folder: ReportFolder) async -> Reporting.ExitCode {
        do {
            let events = try await EventSeeder(gateway: target.addresses.gateway, tokens: target.tokens).seed(
                scenario.events
            )
            let history = folder.path + "/history.jsonl"
            let engine = try LoadEngine(
                scenario: scenario,
                configuration: LoadConfiguration(
                    gateway: target.addresses.gateway,
                    events: events,
                    seed: seed,
                    threads: options.threads,
                    historyPath: history,
                    redis: target.addresses.redis,
                    transport: scenario.transport,
                    tokenForUser: { [tokens = target.tokens] in tokens?.token(user: $0) }
                )
            )
            interruption.onInterruption { engine.stop($0) }
            let watch = try watchForOversell(engine, target, events)
            defer { watch?.cancel() }
            let (load, faults) = try await storm(engine, target)
            watch?.cancel()
            await watch?.value
            say("load stopped")
            if options.pauses, !interruption.hasHappened { showStores(target) }
            say("verifying")
            return try await verify(load, faults, events, target, history, folder)
        } catch let error as EnvironmentError {
            Terminal.complain("seatstorm: \(error)")
            return .noEnvironment
        } catch {
            Terminal.complain("seatstorm: this is a bug, please report it: \(error)")
            return .bug
        }
    }

    /// Ends the load at the first seat that is seen to be sold twice; nothing where there is no MySQL to look into.
    private func watchForOversell(
        _ engine: LoadEngine,
        _ target: TargetSuite,
        _ events: [SeededEvent]
    ) throws -> Task<Void, Never>? {
        guard let url = target.addresses.mysql, !events.isEmpty else { return nil }
        let watch = try OversellWatch(mysqlURL: url, events: Set(events.map(\.id)), logger: logger)
        return Task {
            guard let found = await watch.run() else { return }
            say("oversell: \(found); the load is stopped")
            engine.stop("oversell")
        }
    }

    /// Load and faults side by side, against one clock.
    private func storm(_ engine: LoadEngine, _ target: TargetSuite) async throws -> (LoadResult, [FaultReport]) {
        let active = ActiveFaults()
        let timeline = FaultTimeline(
            faults: scenario.faults,
            endpoints: FaultEndpoints(
                proxyURL: target.addresses.proxy,
                paymentURL: target.addresses.url(of: .payment),
                paymentToken: { [tokens = target.tokens] in tokens?.token(user: "seatstorm-faults", scopes: [.admin]) }
            ),
            seed: seed,
            logger: logger,
            onChange: { names in
                engine.setPhase(names.isEmpty ? .recovery : .fault)
                engine.setActiveFaults(names)
                active.set(names)
            }
        )
        await timeline.prepare()
        async let load = engine.run()
        let display =
            options.isQuiet
            ? nil
            : Task { await ProgressDisplay(engine: engine, isInteractive: options.colour, faults: active.get).run() }
        let injection = Task { () -> [FaultReport] in
            while engine.startedAt == 0, !Task.isCancelled {
                // The engine's clock starts when its users are prepared.
                try? await Task.sleep(for: .milliseconds(1))
            }
            return await timeline.run(from: ContinuousClock.now)
        }
        let watch = Task { await ThresholdWatch(thresholds: scenario.slo.filter(\.abort), engine: engine).run() }
        defer { watch.cancel() }
        let outcome: LoadResult
        do {
            outcome = try await load
        } catch {
            injection.cancel()
            display?.cancel()
            _ = await injection.value
            throw error
        }
        injection.cancel()
        await timeline.stop()
        display?.cancel()
        await display?.value
        return (outcome, await injection.value)
    }

    private func verify(
        _ load: LoadResult,
        _ faults: [FaultReport],
        _ events: [SeededEvent],
        _ target: TargetSuite,
        _ history: String,
        _ folder: ReportFolder
    ) async throws -> Reporting.ExitCode {
        let sources = Verification.Sources(
            redisURL: target.addresses.redis,
            mysqlURL: target.addresses.mysql,
            kafkaBrokers: target.addresses.kafka,
            history: history
        )
        var evidence = await Verification(sources, logger: logger)
            .gather(
                events: Set(events.map(\.id)),
                quietWithin: interruption.hasHappened ? .seconds(5) : Self.quietLimit,
                isHurried: interruption.hasHappened
            )
        evidence.faults = faults.filter { $0.toSeconds > $0.fromSeconds }.map { fault in
            FaultWindow(name: fault.description, from: fault.fromSeconds, to: fault.toSeconds)
        }
        try EvidenceFile.save(evidence, in: folder.path)
        let invariants = Verification.judge(evidence)
        var metrics = load.metrics
        // What could not be seen is not zero: without evidence these metrics have no sample.
        if invariants.first(where: { $0.id == "oversell" })?.verdict != .inconclusive {
            metrics.set(metrics.gauge(.oversell, [:]), Double(Oversell.count(evidence)))
        }
        if !invariants.contains(where: { $0.verdict == .inconclusive }) {
            metrics.set(metrics.gauge(.violations, [:]), Double(invariants.reduce(0) { $0 + $1.violations.count }))
        }
        let record = RunRecord(
            scenario: scenario,
            seed: seed,
            threads: options.threads,
            load: load,
            thresholds: scenario.slo.map { metrics.evaluate($0, saturation: load.generator.saturated) },
            faults: faults,
            evidence: evidence,
            invariants: invariants,
            events: events,
            interrupted: interruption.signalName.map { "interrupted by \($0)" },
            environment: MachineFacts.read()
        )
        var problems = target.failures.map { "a server of the suite ended: \($0.prefix { $0 != "\n" }) see logs/" }
        if load.generator.historyFailure != 0 {
            problems.append("the history is not whole: \(String(cString: strerror(load.generator.historyFailure)))")
        }
        let summary = Summary(record, problems: problems)
        try folder.write(summary)
        if let path = options.summaryJSON {
            try FileManager.default.contents(atPath: folder.path + "/summary.json")?.write(to: URL(filePath: path))
        }
        Terminal.show(
            options.isQuiet
                ? "\(summary.verdict): \(scenario.name), report in \(folder.path)\n"
                : ConsoleReport.render(summary, folder: folder.path, colour: options.colour)
        )
        return Reporting.ExitCode(rawValue: summary.exitCode) ?? .bug
    }

    private func showStores(_ target: TargetSuite) {
        let addresses = target.addresses
        say("redis \(addresses.redis ?? "-")  mysql \(addresses.mysql ?? "-")  kafka \(addresses.kafka ?? "-")")
        waitForEnter("press Enter to verify")
    }

    private func waitForEnter(_ prompt: String) {
        Terminal.show(prompt + "\n")
        _ = readLine()
    }

    private func say(_ text: String) {
        if !options.isQuiet { Terminal.show(text + "\n") }
    }
}
