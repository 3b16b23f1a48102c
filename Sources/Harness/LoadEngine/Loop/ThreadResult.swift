import Statistics

/// What one engine thread measured.
struct ThreadResult: Sendable {
    let table: MetricTable
    /// Its part of the waves, by index of the load.
    let waves: [(load: Int, results: [WaveResult])]
    let cpuSeconds: Double
    /// Of one core.
    let cpuShare: Double
    let streams: StreamReport
    let failures: [RequestFailure]
    /// Requests whose own tags were over the limit.
    let tagValuesLost: UInt64
    let historyFailure: Int32
}
