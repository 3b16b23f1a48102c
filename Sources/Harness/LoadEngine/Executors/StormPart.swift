import Scenario

/// One thread's part of a storm: which wave is being prepared, and how far it is.
final class StormPart {
    enum Stage {
        /// Waiting for the moment to prepare the next wave.
        case idle
        /// Users are made, connected and warmed, a bounded number at a time.
        case warming
        /// All users of the first wave at once: opens as many connections behind the gateway as a release needs.
        case rehearsing
        /// All are prepared; waiting for the due time and the other threads.
        case ready
        /// All waves are released.
        case done
    }

    let load: Int
    let storm: StormExecutor
    let startTime: UInt64
    let barrier: StormBarrier
    /// Users of a wave that are this thread's, by their index within the wave.
    let numbers: [Int]
    var stage = Stage.idle
    /// The wave being prepared or waiting.
    var wave = 0
    /// Users of that wave made so far.
    var members: [Int] = []
    /// Unmeasured requests under way.
    var underWay = 0
    /// Members that are prepared.
    var prepared = 0
    /// Users that were released and are not gone yet.
    var active = 0
    /// Whether the others know that it is over.
    var hasEnded = false
    /// By wave.
    var results: [WaveResult]

    init(load: Int, spec: LoadSpec, storm: StormExecutor, barrier: StormBarrier, thread: Int, threads: Int) {
        self.load = load
        self.storm = storm
        self.barrier = barrier
        startTime = spec.startTime.nanoseconds
        numbers = Array(stride(from: thread, to: storm.users, by: threads))
        results = (0..<storm.waves).map { WaveResult(load: spec.name, wave: $0, users: storm.users) }
    }

    /// When a wave is due: a function of its index, so that nothing drifts.
    func due(wave: Int, startedAt: UInt64) -> UInt64 {
        startedAt + startTime + UInt64(wave) * storm.every.nanoseconds
    }

    /// When users still under way are cut off.
    func end(startedAt: UInt64) -> UInt64 {
        let lastRelease = max(results.last?.releasedNs ?? 0, due(wave: storm.waves - 1, startedAt: startedAt))
        return lastRelease + storm.gracefulStop.nanoseconds
    }

    /// When to start preparing the next wave: as soon as the clicks of the wave before are answered, so that preparing does
    /// not disturb them, but not later than half a period before it is due.
    func shouldPrepare(now: UInt64, startedAt: UInt64) -> Bool {
        let lead: UInt64 = 10_000_000_000
        guard wave > 0 else {
            return startTime <= lead || (startedAt > 0 && now + lead >= due(wave: 0, startedAt: startedAt))
        }
        if results[wave - 1].completed >= numbers.count { return true }
        return now >= latestPreparation(startedAt: startedAt)
    }

    func latestPreparation(startedAt: UInt64) -> UInt64 {
        due(wave: wave, startedAt: startedAt) - storm.every.nanoseconds / 2
    }

    /// Whether the run's clock may start as far as this storm is concerned.
    var isReadyForStart: Bool {
        wave > 0 || stage == .ready || startTime > 10_000_000_000
    }
}
