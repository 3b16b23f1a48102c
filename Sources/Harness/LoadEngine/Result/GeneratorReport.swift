/// What the load generator says of itself.
package struct GeneratorReport: Sendable {
    /// CPU time of the generator's threads, as a share of all the machine's cores over the run: 0…1.
    package let cpuShare: Double
    /// CPU time of the busiest generator thread, as a share of one core: 0…1.
    package let busiestThread: Double
    /// In seconds.
    package let latenessP99: Double
    /// Arrivals that were not started.
    package let dropped: UInt64
    /// Of each wave in order, in seconds.
    package let releaseSpreads: [Double]
    /// Waves released more than 10 ms after they were due.
    package let lateWaves: Int
    /// Requests whose own tags were given the value `(other)`, because the run had met too many different ones.
    package let tagValuesLost: UInt64
    /// Error number of the first write to the history that failed; 0 if it is whole.
    package let historyFailure: Int32
    /// Why the generator was the bottleneck; nil if it was not.
    package let saturated: String?
}
