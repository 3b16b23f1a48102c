/// A toxic in force, or one that was: its counters outlive it, so that what a fault touched can be read after its end.
///
/// Confined to the relay's thread.
final class ToxicRecord {
    /// Never used again in this process, unlike the name.
    let id: Int
    let proxy: String
    var definition: ToxicDefinition
    /// What the draw of its connections comes from.
    let seed: UInt64
    /// When it ends by itself, in nanoseconds of ``monotonicNow()``.
    let leaseEnd: UInt64?
    var isActive = true
    var counters = ToxicCounters()

    init(id: Int, proxy: String, definition: ToxicDefinition, seed: UInt64, leaseEnd: UInt64?) {
        self.id = id
        self.proxy = proxy
        self.definition = definition
        self.seed = seed
        self.leaseEnd = leaseEnd
    }
}
