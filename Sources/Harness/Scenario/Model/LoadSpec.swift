/// Who runs a flow, and how: an entry of `load:`.
package struct LoadSpec: Sendable, Equatable {
    package let name: String
    /// Index into `Scenario.flows`.
    package let flow: Int
    package let executor: Executor
    /// How long after the run's start this load starts.
    package let startTime: Duration
    /// Slots set at the start of each iteration, in order.
    package let set: [Assignment]
    package let position: SourcePosition

    /// Users at one time: of a wave, or all.
    package var users: Int {
        switch executor {
        case .storm(let storm): storm.users
        case .constantVUs(let executor): executor.vus
        }
    }
}

/// How users are started.
package enum Executor: Sendable, Equatable {
    case storm(StormExecutor)
    case constantVUs(ConstantVUsExecutor)

    /// The name in the scenario file.
    package var name: String {
        switch self {
        case .storm: "storm"
        case .constantVUs: "constant-vus"
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
