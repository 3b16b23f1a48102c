/// A scenario: read, checked whole, and compiled.
///
/// Immutable; a run never parses.
package struct Scenario: Sendable, Equatable {
    package let name: String
    /// Empty when left out.
    package let description: String
    /// `nil` → the embedded suite.
    package let environment: TargetEnvironment?
    /// Seed of all chance in the run; `nil` → the run draws one and reports it.
    package let seed: UInt64?
    package let events: [EventTemplate]
    package let flows: [Flow]
    /// At least one.
    package let load: [LoadSpec]
    package let faults: [FaultSpec]
    package let slo: [Threshold]
    /// All requests' names, by `RequestStep.index`.
    package let requestNames: [String]

    /// How long after its start the load stops by itself at the latest, graceful stops included.
    package var longestDuration: Duration {
        Self.longestDuration(of: load)
    }

    static func longestDuration(of load: [LoadSpec]) -> Duration {
        load.map { load in
            switch load.executor {
            case .storm(let storm): load.startTime + storm.every * (storm.waves - 1) + storm.gracefulStop
            case .constantVUs(let executor): load.startTime + executor.duration + executor.gracefulStop
            }
        }.max() ?? .zero
    }

    /// The same scenario, judged without the thresholds that a slow or shared machine can breach by itself.
    package func withoutLatencyThresholds() -> Scenario {
        Scenario(
            name: name,
            description: description,
            environment: environment,
            seed: seed,
            events: events,
            flows: flows,
            load: load,
            faults: faults,
            slo: slo.filter { !$0.isLatency },
            requestNames: requestNames
        )
    }
}
