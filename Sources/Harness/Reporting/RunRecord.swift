import FaultInjection
import LoadEngine
import Scenario
import Statistics
import Verification

/// All that a run came to, before it is put into words.
package struct RunRecord: Sendable {
    package var scenario: Scenario
    package var seed: UInt64
    /// Threads of the load generator.
    package var threads: Int
    package var load: LoadResult
    package var thresholds: [ThresholdResult]
    package var faults: [FaultReport]
    package var evidence: Evidence
    package var invariants: [InvariantResult]
    /// How long it took to judge.
    package var judgingSeconds: Double
    /// The most memory that this process has had.
    package var peakBytes: UInt64
    /// The run's events: name and copy of each.
    package var events: [SeededEvent]
    /// What ended the run early; nil when nothing did.
    package var interrupted: String?
    /// Versions, cores, kernel.
    package var environment: [String: String]

    package init(
        scenario: Scenario,
        seed: UInt64,
        threads: Int,
        load: LoadResult,
        thresholds: [ThresholdResult],
        faults: [FaultReport],
        evidence: Evidence,
        invariants: [InvariantResult],
        judgingSeconds: Double,
        peakBytes: UInt64,
        events: [SeededEvent],
        interrupted: String?,
        environment: [String: String]
    ) {
        self.scenario = scenario
        self.seed = seed
        self.threads = threads
        self.load = load
        self.thresholds = thresholds
        self.faults = faults
        self.evidence = evidence
        self.invariants = invariants
        self.judgingSeconds = judgingSeconds
        self.peakBytes = peakBytes
        self.events = events
        self.interrupted = interrupted
        self.environment = environment
    }
}
