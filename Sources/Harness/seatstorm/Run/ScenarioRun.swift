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

    /// What is known before the stores are looked into.
    private struct Known {
        var breaches: [String]
        var steadyState: String?
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
        guard let folder = makeFolder() else {
            await target.end(logsTo: NSTemporaryDirectory() + "seatstorm-logs")
            return .bug
        }
        let ending = await run(against: target, into: folder)
        if options.keepsSuite, !interruption.hasHappened {
            waitForEnter("the suite runs at \(target.addresses.gateway); press Enter to end it")
        }
        await target.end(logsTo: folder.path + "/logs")
        return ending.code
    }

    /// Nil after a complaint.
    func makeFolder() -> ReportFolder? {
        do {
            return try ReportFolder(under: options.out, scenario: scenario.name, at: Date())
        } catch {
            Terminal.complain("seatstorm: make the report's folder under \(options.out): \(error)")
            return nil
        }
    }

    /// Starts the embedded suite, or connects to the scenario's.
    func bringUp() async throws -> TargetSuite {
        let began = ContinuousClock.now
        say(scenario.environment.map { "connecting to \($0.gateway)" } ?? "starting the suite")
        let work = Task {
            try await TargetSuite.bringUp(
                scenario,
                ticketing: options.ticketing,
                instances: options.instances,
                standingIn: options.standingIn,
                records: options.records
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

    /// Seeds events of its own, storms, verifies and reports; the suite is as ready for a next run as it was for this one.
    func run(against target: TargetSuite, into folder: ReportFolder) async -> RunEnding {
        do {
            let events = try await EventSeeder(gateway: target.addresses.gateway, tokens: target.tokens).seed(
                scenario.events
            )
            let engine = try LoadEngine(
                scenario: scenario,
                configuration: LoadConfiguration(
                    gateway: target.addresses.gateway,
                    events: events,
                    seed: seed,
                    threads: options.threads,
                    historyPath: options.records ? folder.path + "/" + RunRecording.history : nil,
                    redis: target.addresses.redis,
                    transport: scenario.transport,
                    tokenForUser: { [tokens = target.tokens] in tokens?.token(user: $0) }
                )
            )
            // Weak: a search has many runs, and each its engine.
            interruption.onInterruption { [weak engine] in engine?.stop($0) }
            let drawn = try DrawnFaults(scenario, seed: seed, replayed: options.chaos)
            if let path = try drawn.save(in: folder.path) {
                say("chaos, to be run again with --chaos \(path):\n\(drawn.text ?? "")")
            }
            let recording =
                options.records
                ? try await RunRecording.begin(
                    of: Set(events.map(\.id)),
                    on: target,
                    in: folder,
                    withFaults: !(scenario.faults + drawn.faults).isEmpty,
                    logger
                ) : nil
            return try await run(engine, target, events, drawn, recording, folder)
        } catch let error as EnvironmentError {
            Terminal.complain("seatstorm: \(error)")
            return RunEnding(code: .noEnvironment)
        } catch let error as SystemFailure {
            // Too few open files, an address that is none: the machine's or the scenario's, not ours.
            Terminal.complain("seatstorm: \(error)")
            return RunEnding(code: .noEnvironment)
        } catch {
            Terminal.complain("seatstorm: this is a bug, please report it: \(error)")
            return RunEnding(code: .bug)
        }
    }

    /// From the load's start to the report; whatever happens, nothing goes on recording.
    private func run(
        _ engine: LoadEngine,
        _ target: TargetSuite,
        _ events: [SeededEvent],
        _ drawn: DrawnFaults,
        _ recording: RunRecording?,
        _ folder: ReportFolder
    ) async throws -> RunEnding {
        do {
            let watch = try watchForOversell(engine, target, events)
            defer { watch?.cancel() }
            let steady = try await SteadyState.make(scenario, target)
            let (load, faults) = try await storm(engine, target, scenario.faults + drawn.faults, steady)
            watch?.cancel()
            await watch?.value
            say("load stopped")
            let breaches = await steady?.checkAfter().map { [$0] } ?? []
            if options.pauses, !interruption.hasHappened { showStores(target) }
            say("verifying")
            let known = Known(breaches: breaches, steadyState: await steady?.summary)
            let summary = try await verify(load, faults, events, target, recording, folder, known)
            return RunEnding(code: .init(rawValue: summary.exitCode) ?? .bug, summary: summary, load: load)
        } catch {
            await recording?.abandon()
            throw error
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
    private func storm(
        _ engine: LoadEngine,
        _ target: TargetSuite,
        _ faults: [FaultSpec],
        _ steady: SteadyState?
    ) async throws -> (LoadResult, [FaultReport]) {
        let active = ActiveFaults()
        let timeline = FaultTimeline(
            faults: faults,
            endpoints: FaultEndpoints(
                proxyURL: target.addresses.proxy,
                paymentURL: target.addresses.url(of: .payment),
                paymentToken: { [tokens = target.tokens] in tokens?.token(user: "seatstorm-faults", scopes: [.admin]) },
                brokerURL: target.addresses.kafkaControl,
                processes: target.processes
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
        if let reason = await steady?.checkBefore() {
            say("\(reason); nothing is broken on purpose")
            await timeline.withhold(because: reason)
        }
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
            return await timeline.run(from: ContinuousClock.now, waitsForStop: true)
        }
        let probing = Task { await steady?.watch() }
        defer { probing.cancel() }
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

    private func gather(_ recording: RunRecording?, of events: Set<String>) async -> Evidence {
        guard let recording else { return .ofNothing(events: events, reason: "nothing was recorded (--no-recording)") }
        return await Verification(recording.sources, logger: logger).gather(
            events: events,
            quietWithin: interruption.hasHappened ? .seconds(5) : options.quietLimit,
            isHurried: interruption.hasHappened
        )
    }

    private func verify(
        _ load: LoadResult,
        _ faults: [FaultReport],
        _ events: [SeededEvent],
        _ target: TargetSuite,
        _ recording: RunRecording?,
        _ folder: ReportFolder,
        _ known: Known
    ) async throws -> Summary {
        let (evidence, invariants, judging) = try await judge(faults, events, recording, folder)
        var metrics = load.metrics
        // What could not be seen is not zero: without evidence these metrics have no sample.
        let isSeen = !scenario.isWithoutData
        if isSeen, invariants.first(where: { $0.id == "oversell" })?.verdict != .inconclusive {
            metrics.set(metrics.gauge(.oversell, [:]), Double(Oversell.count(evidence)))
        }
        if isSeen, !invariants.contains(where: { $0.verdict == .inconclusive }) {
            metrics.set(metrics.gauge(.violations, [:]), Double(invariants.reduce(0) { $0 + $1.violations.count }))
        }
        var facts = MachineFacts.read()
        facts["steady state"] = known.steadyState
        let record = RunRecord(
            scenario: scenario,
            seed: seed,
            threads: options.threads,
            load: load,
            thresholds: scenario.slo.map { metrics.evaluate($0, saturation: load.generator.saturated) },
            faults: faults,
            evidence: evidence,
            invariants: invariants,
            judgingSeconds: judging / .seconds(1),
            peakBytes: MachineFacts.peakBytes,
            events: events,
            interrupted: interruption.signalName.map { "interrupted by \($0)" },
            environment: facts
        )
        var problems = target.failures.map { "a server of the suite ended: \($0.prefix { $0 != "\n" }) see logs/" }
        if load.generator.historyFailure != 0 {
            problems.append("the history is not whole: \(String(cString: strerror(load.generator.historyFailure)))")
        }
        let summary = Summary(record, problems: problems, breaches: known.breaches)
        try folder.write(summary)
        if let path = options.summaryJSON {
            try FileManager.default.contents(atPath: folder.path + "/summary.json")?.write(to: URL(filePath: path))
        }
        Terminal.show(
            options.isQuiet
                ? "\(summary.verdict): \(scenario.name), report in \(folder.path)\n"
                : ConsoleReport.render(summary, folder: folder.path, colour: options.colour)
        )
        return summary
    }

    /// Reads the data and judges it; where there is none, no invariant is asked.
    ///
    /// - Returns: with how long judging took.
    private func judge(
        _ faults: [FaultReport],
        _ events: [SeededEvent],
        _ recording: RunRecording?,
        _ folder: ReportFolder
    ) async throws -> (Evidence, [InvariantResult], Duration) {
        guard !scenario.isWithoutData else {
            return (.ofNothing(events: [], reason: "the scenario names no store and makes no event"), [], .zero)
        }
        var evidence = await gather(recording, of: Set(events.map(\.id)))
        evidence.faults = faults.filter { $0.toSeconds > $0.fromSeconds }.map { fault in
            FaultWindow(name: fault.description, from: fault.fromSeconds, to: fault.toSeconds)
        }
        try EvidenceFile.save(evidence, in: folder.path)
        let began = ContinuousClock.now
        let invariants = Verification.judge(evidence)
        return (evidence, invariants, ContinuousClock.now - began)
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
