/// A scenario: read, checked whole, and compiled.
///
/// Immutable; a run never parses.
package struct Scenario: Sendable, Equatable {
    package let name: String
    /// Empty when left out.
    package let description: String
    /// `nil` → the embedded suite.
    package let environment: TargetEnvironment?
    /// What carries the requests; `auto` when left out.
    package let transport: TransportChoice
    /// Seed of all chance in the run; `nil` → the run draws one and reports it.
    package let seed: UInt64?
    package let events: [EventTemplate]
    package let data: [DataFeeder]
    /// Where users wait for each other.
    package let rendezvous: [RendezvousSpec]
    /// Of every sample.
    package let tags: [String: String]
    package let flows: [Flow]
    /// At least one.
    package let load: [LoadSpec]
    package let faults: [FaultSpec]
    /// Further faults, to be drawn; nil for none.
    package let chaos: ChaosSpec?
    /// A purchase that must succeed before and after; nil where it is not asked for.
    package let steadyState: SteadyStateSpec?
    package private(set) var slo: [Threshold]
    /// All requests' names, by `RequestStep.index`.
    package let requestNames: [String]

    /// Whether a flow has a command for Redis.
    package var usesRedis: Bool { flows.contains { !$0.commands.isEmpty } }

    /// Whether anything is broken on purpose.
    package var hasFaults: Bool { !faults.isEmpty || chaos != nil }

    /// How long after its start the load stops by itself at the latest, graceful stops included.
    package var longestDuration: Duration {
        Self.longestDuration(of: load)
    }

    static func longestDuration(of load: [LoadSpec]) -> Duration {
        load.indices.map { latestStart(of: $0, in: load) + load[$0].executor.duration + load[$0].executor.gracefulStop }
            .max() ?? .zero
    }

    /// `after` goes only to loads that stand earlier in no circle: the reader sees to it.
    static func latestStart(of index: Int, in load: [LoadSpec]) -> Duration {
        guard let before = load[index].after else { return load[index].startTime }
        return latestStart(of: before, in: load) + load[before].executor.duration + load[before].executor.gracefulStop
            + load[index].startTime
    }

    /// The same scenario, judged without the thresholds that a slow or shared machine can breach by itself.
    package func withoutLatencyThresholds() -> Scenario {
        var scenario = self
        scenario.slo = slo.filter { !$0.isLatency }
        return scenario
    }
}
