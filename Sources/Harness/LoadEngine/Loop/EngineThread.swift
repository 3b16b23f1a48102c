import Glibc
import Scenario
import Statistics

/// One loop: its own epoll, transport, users, timers and tables.
///
/// Lives on its thread and is touched by no other.
final class EngineThread {
    let number: Int
    let shared: RunState
    let transport: any Transport
    let poller: Poller
    let users = Slab<VirtualUser> { VirtualUser() }
    var userOfConnection: [Int] = []
    var timers = TimerHeap()
    var runnable: [Int] = []
    /// Those that were runnable when the round began.
    private var running: [Int] = []
    var storms: [StormPart] = []
    var parts: [LoadPart] = []
    /// By load; nil for storms.
    var partOfLoad: [LoadPart?] = []
    /// Users that are neither gone nor being prepared.
    var activeUsers = 0
    /// Users that have a connection.
    var openUsers = 0
    /// What `openUsers` was at the most: a sample now and then would miss it in a short run.
    var mostOpenUsers = 0
    /// Connections that parallel requests have beside their users' own.
    var openLanes = 0
    let userLimit: Int
    /// By load.
    let programs: [FlowProgram]
    /// The gateway's own path, before those of the steps.
    let gatewayPath: [UInt8]
    /// Where requests go; the transport looks into the same table.
    let origins: OriginTable
    var scratch: [UInt8] = []
    var bodyScratch: [UInt8] = []

    var table: MetricTable
    var series: [RequestSeriesKey: RequestSeries] = [:]
    /// The series of the last request, which mostly is the next one's too.
    var latestSeries: RequestSeries?
    var latestSeriesKey = RequestSeriesKey(kind: 0, tagSet: 0)
    var tagSets = TagSets()
    /// nil where no flow has a `redis` step.
    let redis: RedisLink?
    var lastTicket: UInt64 = 0
    /// Users at a rendezvous, some of whom may be gone.
    var waitingToMeet: [Int] = []
    var gatheringVersion = 0
    var loadSeries: [LoadSeries] = []
    var history: HistoryWriter?
    var snapshot = LiveSnapshot()
    /// By load, request, expectation, phase and own tags.
    var checkSeries: [RequestSeriesKey: RateID] = [:]
    var failures = FailureLog()
    var streams = StreamReport()
    /// By address.
    var feeds: [[UInt8]: Feed] = [:]
    /// By load, request, phase and own tags.
    var deliveries: [RequestSeriesKey: TrendID] = [:]
    var nextStream: Int
    private var faultsVersion = -1
    var faultsJSON = Array("[]".utf8)
    private var publishedAt: UInt64 = 0
    private var tablePublishedAt: UInt64 = 0
    private var hasArrivedAtStart = false
    private var isStopped = false
    /// CPU seconds and the moment at the start of the measured part.
    private var usageAtStart: (cpu: Double, at: UInt64)?
    private static let publishInterval: UInt64 = 250_000_000

    init(number: Int, shared: RunState, userLimit: Int) throws {
        self.number = number
        self.shared = shared
        self.userLimit = userLimit
        nextStream = number
        table = MetricTable(thresholds: shared.scenario.slo)
        programs = shared.scenario.load.map { shared.programs[$0.flow] }
        let gateway = try Gateway(shared.configuration.gateway)
        gatewayPath = gateway.path
        origins = OriginTable(gateway: gateway.origin)
        poller = try Poller(wakeup: shared.wakeups[number])
        transport = try TransportSelection.make(
            shared.configuration.transport,
            gateway: gateway,
            programs: programs,
            poller: poller,
            origins: origins
        )
        redis = shared.redis.map { [poller] in RedisLink(address: $0, poller: poller) }
        history = shared.history.map { HistoryWriter(file: $0, thread: number, threads: shared.threads) }
        for (index, load) in shared.scenario.load.enumerated() {
            loadSeries.append(LoadSeries(&table, Tags(shared.tags(ofLoad: index))))
            switch load.executor {
            case .storm(let storm):
                guard let barrier = shared.barriers[index] else { break }
                let part = StormPart(
                    load: index,
                    spec: load,
                    storm: storm,
                    barrier: barrier,
                    thread: number,
                    threads: shared.threads
                )
                storms.append(part)
                snapshot.waves += storm.waves
            default: break
            }
            partOfLoad.append(makePart(index, load))
        }
        parts = partOfLoad.compactMap(\.self)
    }

    /// Runs until all loads have ended, or the run is stopped.
    func run() -> ThreadResult {
        while !isFinished {
            let beginning = monotonicNow()
            setSecond(beginning)
            transport.advance(beginning)
            drainFinished()
            drainRedis()
            if shared.isStopping, !isStopped { interruptEverything() }
            runRunnable()
            // A round is short: what comes due in it is found in the next, which then does not wait.
            let now = monotonicNow()
            if !isStopped { work(now) }
            fireTimers(now)
            releaseGathered()
            publishIfDue(now)
            waitForEvents()
        }
        return finish()
    }

    /// Whether this machine allows another connection.
    var hasRoom: Bool { openUsers + openLanes < userLimit }

    private var isFinished: Bool {
        if isStopped { return true }
        guard shared.startedAt > 0, activeUsers == 0 else { return false }
        return storms.allSatisfy { $0.stage == .done } && parts.allSatisfy(\.isOver)
    }

    /// Samples of what is measured before the start count for its first second.
    private func setSecond(_ now: UInt64) {
        let startedAt = shared.startedAt
        if startedAt > 0 { table.second = Int(microseconds(from: startedAt, to: now) / 1_000_000) }
    }

    private func drainFinished() {
        while let connection = transport.takeFinished() {
            // Cut off since.
            guard userOfConnection[connection] >= 0 else { continue }
            exchangeEnded(userOfConnection[connection])
        }
    }

    /// Users that have begun a new iteration: one round each, so that an iteration without a request cannot starve the rest.
    private func runRunnable() {
        guard !runnable.isEmpty else { return }
        swap(&runnable, &running)
        let now = monotonicNow()
        for user in running where users[user].pointee.state == .runnable { execute(user, now) }
        running.removeAll(keepingCapacity: true)
    }

    private func work(_ now: UInt64) {
        for part in storms { advance(part, now) }
        endStorms(now)
        if !hasArrivedAtStart, storms.allSatisfy({ $0.isReadyForStart }) {
            hasArrivedAtStart = true
            for part in parts { prepare(part) }
            shared.arriveAtStart()
        }
        let startedAt = shared.startedAt
        guard startedAt > 0 else { return }
        if usageAtStart == nil { usageAtStart = (Self.cpuSeconds(), startedAt) }
        for part in parts { advance(part, now, startedAt) }
    }

    private func fireTimers(_ now: UInt64) {
        while let due = timers.popDue(now) { timerFired(due.number, due.deadline, now) }
    }

    private func waitForEvents() {
        guard runnable.isEmpty else { return poll(timeout: 0) }
        guard !isFinished else { return }
        var deadline = min(transport.deadline, timers.earliest ?? .max)
        deadline = min(deadline, publishedAt + Self.publishInterval)
        for part in storms { deadline = min(deadline, nextDeadline(of: part)) }
        for part in parts { deadline = min(deadline, nextDeadline(of: part)) }
        let now = monotonicNow()
        poll(timeout: deadline > now ? deadline - now : 0)
    }

    private func poll(timeout: UInt64) {
        let timeout = redis?.hasAnswers == true ? 0 : timeout
        poller.wait(timeout: timeout) { descriptor, events in
            if let redis, descriptor == redis.descriptor {
                redis.ready(events)
            } else {
                transport.ready(descriptor, events)
            }
        }
    }

    /// Ends everything at once: requests under way are interrupted, and what was measured stands.
    private func interruptEverything() {
        isStopped = true
        for user in 0..<users.count where users[user].pointee.state != .gone { interrupt(user) }
        for part in storms { part.stage = .done }
        for part in parts { abandon(part) }
    }

    // MARK: What others see

    func currentFaults() -> [UInt8] {
        guard shared.currentFaultsVersion != faultsVersion else { return faultsJSON }
        let (version, names) = shared.faults
        faultsVersion = version
        faultsJSON = [UInt8(ascii: "[")]
        for (index, name) in names.enumerated() {
            if index > 0 { faultsJSON.append(UInt8(ascii: ",")) }
            JSONBytes.appendString(name, to: &faultsJSON)
        }
        faultsJSON.append(UInt8(ascii: "]"))
        return faultsJSON
    }

    private func publishIfDue(_ now: UInt64) {
        guard now >= publishedAt + Self.publishInterval else { return }
        publishedAt = now
        snapshot.users = activeUsers
        snapshot.wavesReleased = storms.reduce(0) { $0 + $1.results.count { $0.releasedNs > 0 } }
        let tags = Tags(shared.scenario.tags)
        table.set(table.gauge(.vus, tags), Double(activeUsers))
        table.set(table.gauge(.vusMax, tags), Double(mostOpenUsers))
        shared.publish(snapshot, thread: number)
        publishTable(now)
    }

    /// A copy of everything measured so far, once a second, where a threshold may end the run.
    private func publishTable(_ now: UInt64) {
        guard shared.judgesLive, shared.startedAt > 0, now >= tablePublishedAt + 1_000_000_000 else { return }
        tablePublishedAt = now
        table.durationSeconds = Double(microseconds(from: shared.startedAt, to: now)) / 1e6
        shared.publish(table, thread: number)
    }

    private func finish() -> ThreadResult {
        publishedAt = 0
        publishIfDue(monotonicNow())
        history?.flush()
        let now = monotonicNow()
        let start = usageAtStart ?? (Self.cpuSeconds(), now)
        if shared.startedAt > 0 { table.durationSeconds = Double(microseconds(from: shared.startedAt, to: now)) / 1e6 }
        let wall = Double(microseconds(from: start.at, to: now)) / 1e6
        let cpu = Self.cpuSeconds() - start.cpu
        return ThreadResult(
            table: table,
            waves: storms.map { ($0.load, $0.results) },
            cpuSeconds: cpu,
            cpuShare: wall > 0 ? cpu / wall : 0,
            streams: streams,
            failures: failures.all,
            tagValuesLost: tagSets.lost,
            historyFailure: history?.failure ?? 0
        )
    }

    /// CPU time of this thread, user and system.
    private static func cpuSeconds() -> Double {
        var time = timespec()
        clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
        return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
    }
}
