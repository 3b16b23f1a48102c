/// How users are started; k6's executors by k6's names, and two of our own.
package enum Executor: Sendable, Equatable {
    case storm(StormExecutor)
    case constantVUs(ConstantVUsExecutor)
    case rampingVUs(RampingVUsExecutor)
    case perVUIterations(IterationsExecutor)
    case sharedIterations(IterationsExecutor)
    /// `constant-arrival-rate`, `ramping-arrival-rate` and `poisson-arrival-rate`.
    case arrivalRate(ArrivalRateExecutor)

    /// The name in the scenario file.
    package var name: String {
        switch self {
        case .storm: "storm"
        case .constantVUs: "constant-vus"
        case .rampingVUs: "ramping-vus"
        case .perVUIterations: "per-vu-iterations"
        case .sharedIterations: "shared-iterations"
        case .arrivalRate(let executor):
            switch executor.arrivals {
            case .constant: "constant-arrival-rate"
            case .ramping: "ramping-arrival-rate"
            case .poisson: "poisson-arrival-rate"
            }
        }
    }

    /// Users at one time at the most: of a wave, or all.
    package var users: Int {
        switch self {
        case .storm(let executor): executor.users
        case .constantVUs(let executor): executor.vus
        case .rampingVUs(let executor): executor.highest
        case .perVUIterations(let executor), .sharedIterations(let executor): executor.vus
        case .arrivalRate(let executor): executor.maxVUs
        }
    }

    /// From its start to when no iteration begins any more.
    package var duration: Duration {
        switch self {
        case .storm(let executor): executor.every * (executor.waves - 1)
        case .constantVUs(let executor): executor.duration
        case .rampingVUs(let executor): executor.duration
        case .perVUIterations(let executor), .sharedIterations(let executor): executor.maxDuration
        case .arrivalRate(let executor): executor.duration
        }
    }

    /// How long past ``duration`` running iterations may finish; then they are interrupted.
    package var gracefulStop: Duration {
        switch self {
        case .storm(let executor): executor.gracefulStop
        case .constantVUs(let executor): executor.gracefulStop
        case .rampingVUs(let executor): executor.gracefulStop
        case .perVUIterations(let executor), .sharedIterations(let executor): executor.gracefulStop
        case .arrivalRate(let executor): executor.gracefulStop
        }
    }
}

/// Waves of users that are prepared, meet at a barrier and are released in the same instant; each runs the flow once.
///
/// Wave n (from 0) is released `startTime` + n × `every` after the start of the load phase. Every wave has users of its
/// own, so a wave's users finish their iteration while the next wave clicks.
package struct StormExecutor: Sendable, Equatable {
    /// Users of one wave, 1…100,000.
    package let users: Int
    /// 1…10,000.
    package let waves: Int
    /// From one wave's release to the next one's.
    package let every: Duration
    /// How long after the last wave's release users may finish; then they are interrupted (30 s when left out).
    package let gracefulStop: Duration
}

/// k6's `constant-vus`: a fixed number of users, each running iteration after iteration for a time.
package struct ConstantVUsExecutor: Sendable, Equatable {
    /// 1…100,000; 1 when left out.
    package let vus: Int
    /// No iteration is started past it.
    package let duration: Duration
    /// How long past `duration` running iterations may finish; then they are interrupted (30 s when left out).
    package let gracefulStop: Duration
}

/// A stretch of a ramp: from where the one before it ended, in a straight line.
package struct Stage: Sendable, Equatable {
    /// Zero: a jump.
    package let duration: Duration
    /// Users, or iterations in a unit of time, at its end.
    package let target: Int

    package init(duration: Duration, target: Int) {
        self.duration = duration
        self.target = target
    }
}

/// k6's `ramping-vus`: a number of users that follows stages, each running iteration after iteration.
package struct RampingVUsExecutor: Sendable, Equatable {
    /// 0…100,000; 1 when left out, as in k6.
    package let startVUs: Int
    /// At least one.
    package let stages: [Stage]
    /// How long a user that is ramped down may go on with his iteration (30 s when left out).
    package let gracefulRampDown: Duration
    /// How long past the last stage running iterations may finish (30 s when left out).
    package let gracefulStop: Duration

    package var duration: Duration { stages.reduce(.zero) { $0 + $1.duration } }
    var highest: Int { max(startVUs, stages.map(\.target).max() ?? 0) }
}

/// k6's `per-vu-iterations` and `shared-iterations`: a number of iterations, by each user or among all.
package struct IterationsExecutor: Sendable, Equatable {
    /// 1…100,000; 1 when left out.
    package let vus: Int
    /// Of each user, or of all together; 1 when left out.
    package let iterations: Int
    /// No iteration is started past it, and those not started count as dropped (10 min when left out).
    package let maxDuration: Duration
    /// How long past `maxDuration` running iterations may finish (30 s when left out).
    package let gracefulStop: Duration
}

/// Iterations that begin when they are due, whether earlier ones have ended or not: k6's arrival-rate executors.
package struct ArrivalRateExecutor: Sendable, Equatable {
    package let arrivals: Arrivals
    /// What the rates are per (1 s when left out).
    package let timeUnit: Duration
    /// No iteration is due past it.
    package let duration: Duration
    /// Users made before the first arrival.
    package let preAllocatedVUs: Int
    /// The most users; an arrival that finds all of them busy is dropped.
    package let maxVUs: Int
    /// How long past `duration` running iterations may finish (30 s when left out).
    package let gracefulStop: Duration
}

/// When the iterations of an arrival-rate executor are due.
package enum Arrivals: Sendable, Equatable {
    /// So many in a unit of time, at equal distances, the first at once.
    case constant(rate: Int)
    /// The rate follows stages; an iteration is due whenever the rate's integral reaches a whole number.
    case ramping(startRate: Int, stages: [Stage])
    /// So many in a unit of time on average, each independent of the others: a Poisson process.
    case poisson(rate: Int)

    /// Iterations in a unit of time at the peak.
    package var highest: Int {
        switch self {
        case .constant(let rate), .poisson(let rate): rate
        case .ramping(let startRate, let stages): max(startRate, stages.map(\.target).max() ?? 0)
        }
    }
}
