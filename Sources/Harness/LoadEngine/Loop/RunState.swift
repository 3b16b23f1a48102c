import Scenario
import Statistics
import Synchronization

/// What the threads of a run share.
///
/// Everything in it is constant, atomic or behind a lock that is never held across I/O.
final class RunState: Sendable {
    let scenario: Scenario
    let configuration: LoadConfiguration
    let programs: [FlowProgram]
    let events: EventCatalog
    let tagLimit = TagLimit()
    let nonce: UInt64
    let threads: Int
    let history: HistoryFile?
    let wakeups: [Wakeup]
    let barriers: [StormBarrier?]
    /// By load.
    let ends: LoadEnds
    let iterations: [SharedIterations?]
    let busy: [BusyUsers?]
    /// By place in the scenario.
    let rendezvous: [Rendezvous]
    /// nil where no flow has a `redis` step.
    let redis: RedisAddress?
    private let gatherings = Atomic<Int>(0)

    private let stopRequested = Atomic<Bool>(false)
    private let started = Atomic<UInt64>(0)
    private let startedWall = Atomic<UInt64>(0)
    private let phaseValue = Atomic<UInt8>(Phase.steady.rawValue)
    private let atStart = Atomic<Int>(0)
    private let faultsVersion = Atomic<Int>(0)
    private let faultNames = Mutex<[String]>([])
    private let live: Mutex<[LiveSnapshot]>
    /// Whether a threshold may end the run, so that the threads show their tables.
    let judgesLive: Bool
    private let tables: Mutex<[MetricTable]>

    init(scenario: Scenario, configuration: LoadConfiguration) throws {
        self.scenario = scenario
        self.configuration = configuration
        threads = min(max(configuration.threads, 1), 64)
        programs = scenario.flows.map { FlowProgram($0) }
        events = try EventCatalog(templates: scenario.events, seeded: configuration.events)
        nonce = UInt64.random(in: .min ... .max)
        history = try configuration.historyPath.map { try HistoryFile(path: $0) }
        wakeups = try (0..<threads).map { _ in try Wakeup() }
        let threadCount = threads
        barriers = scenario.load.map { load in
            guard case .storm(let storm) = load.executor else { return nil }
            return StormBarrier(waves: storm.waves, threads: threadCount)
        }
        ends = LoadEnds(loads: scenario.load.count, threads: threadCount)
        iterations = scenario.load.map { load in
            guard case .sharedIterations(let executor) = load.executor else { return nil }
            return SharedIterations(limit: UInt64(executor.iterations))
        }
        busy = scenario.load.map { load in
            guard case .arrivalRate(let executor) = load.executor else { return nil }
            return BusyUsers(most: executor.maxVUs)
        }
        rendezvous = scenario.rendezvous.map { Rendezvous($0) }
        redis = try RedisAddress.of(configuration.redis, neededBy: scenario)
        judgesLive = scenario.slo.contains(where: \.abort)
        tables = Mutex([MetricTable](repeating: MetricTable(), count: threadCount))
        live = Mutex([LiveSnapshot](repeating: LiveSnapshot(), count: threadCount))
    }

    func wakeAll() {
        for wakeup in wakeups { wakeup.wake() }
    }

    /// The tags of all samples of a load: `load`, and those that it and the scenario have of their own.
    func tags(ofLoad load: Int) -> [String: String] {
        let spec = scenario.load[load]
        return scenario.tags.merging(spec.tags) { $1 }.merging(["load": spec.name]) { $1 }
    }

    /// Counts the gatherings that have ended: a thread looks for its own only when this has changed.
    var gatheringVersion: Int { gatherings.load(ordering: .acquiring) }

    /// A gathering has ended: its users on all threads are to go on.
    func noteGathering() {
        gatherings.wrappingAdd(1, ordering: .acquiringAndReleasing)
        wakeAll()
    }

    // MARK: Start and stop

    /// When the measured part began, ns of CLOCK_MONOTONIC; 0 before.
    var startedAt: UInt64 { started.load(ordering: .acquiring) }
    var startedWallAt: UInt64 { startedWall.load(ordering: .acquiring) }
    var isStopping: Bool { stopRequested.load(ordering: .relaxed) }

    func stop() {
        stopRequested.store(true, ordering: .relaxed)
        wakeAll()
    }

    /// A thread has prepared what must be ready before the clock starts; the last one starts it.
    func arriveAtStart() {
        guard atStart.wrappingAdd(1, ordering: .acquiringAndReleasing).newValue == threads else { return }
        let wall = wallNow()
        let now = monotonicNow()
        writeHistoryHeader(monotonic: now, wall: wall)
        startedWall.store(wall, ordering: .releasing)
        started.store(now, ordering: .releasing)
        wakeAll()
    }

    /// A run that was stopped while its users were prepared has a history too: one without entries.
    func completeHistory() {
        if startedAt == 0 { writeHistoryHeader(monotonic: monotonicNow(), wall: wallNow()) }
    }

    private func writeHistoryHeader(monotonic: UInt64, wall: UInt64) {
        guard let history else { return }
        let line = Array("{\"history\":1,\"startMonotonic\":\(monotonic),\"startWall\":\(wall)}\n".utf8)
        _ = line.withUnsafeBytes { history.append($0) }
    }

    // MARK: Tags

    var phase: Phase {
        Phase(rawValue: phaseValue.load(ordering: .relaxed)) ?? .steady
    }

    func setPhase(_ phase: Phase) {
        phaseValue.store(phase.rawValue, ordering: .relaxed)
    }

    var faults: (version: Int, names: [String]) {
        (faultsVersion.load(ordering: .acquiring), faultNames.withLock { $0 })
    }

    var currentFaultsVersion: Int { faultsVersion.load(ordering: .acquiring) }

    func setFaults(_ names: [String]) {
        faultNames.withLock { $0 = names }
        faultsVersion.wrappingAdd(1, ordering: .releasing)
    }

    // MARK: Live

    func publish(_ snapshot: LiveSnapshot, thread: Int) {
        live.withLock { $0[thread] = snapshot }
    }

    func publish(_ table: MetricTable, thread: Int) {
        tables.withLock { $0[thread] = table }
    }

    /// What was measured so far, at most a second old.
    func metrics() -> MetricTable {
        let parts = tables.withLock { $0 }
        var whole = MetricTable()
        for part in parts { whole.merge(part) }
        return whole
    }

    func snapshot() -> LiveSnapshot {
        let parts = live.withLock { $0 }
        var whole = LiveSnapshot()
        for part in parts {
            whole.requests += part.requests
            whole.failed += part.failed
            whole.iterations += part.iterations
            whole.users += part.users
            whole.dropped += part.dropped
            whole.responseTimes.merge(part.responseTimes)
            // Every thread releases its part of every wave.
            whole.wavesReleased = max(whole.wavesReleased, part.wavesReleased)
            whole.waves = max(whole.waves, part.waves)
        }
        let start = startedAt
        whole.isStarted = start > 0
        whole.elapsedSeconds = start > 0 ? Double(microseconds(from: start, to: monotonicNow())) / 1e6 : 0
        return whole
    }
}
