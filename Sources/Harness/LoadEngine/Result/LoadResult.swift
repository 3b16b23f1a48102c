import Statistics

/// What a run of the load measured.
package struct LoadResult: Sendable {
    package let metrics: MetricTable
    /// In order of load and wave.
    package let waves: [WaveResult]
    package let generator: GeneratorReport
    package let streams: StreamReport
    /// How requests failed, the most frequent first.
    package let failures: [RequestFailure]
    /// Wall clock, ns since 1970-01-01 UTC.
    package let startedWallNs: UInt64
    /// CLOCK_MONOTONIC, ns.
    package let startedNs: UInt64
    package let durationSeconds: Double
    /// Whether ``LoadEngine/stop(_:)`` ended it.
    package let interrupted: Bool
    /// What `stop` was given.
    package let stopReason: String?
    package let historyPath: String?
}
