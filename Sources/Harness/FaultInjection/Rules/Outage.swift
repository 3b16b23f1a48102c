/// A proxy that is down, or a direction of it in which nothing passes, for a while.
///
/// Confined to the relay's thread.
final class Outage {
    let id: Int
    let proxy: String
    /// In nanoseconds of ``monotonicNow()``.
    let leaseEnd: UInt64
    /// The toxic that swallows one direction; nil: the proxy is down.
    let partition: ToxicRecord?
    var isActive = true
    /// Connections that it found open, and closed.
    var closed: UInt64 = 0

    init(id: Int, proxy: String, leaseEnd: UInt64, partition: ToxicRecord? = nil) {
        self.id = id
        self.proxy = proxy
        self.leaseEnd = leaseEnd
        self.partition = partition
    }

    var name: String { partition?.definition.name ?? "down" }
    var matched: UInt64 { partition?.counters.matchedChunks ?? closed }
    var applied: UInt64 { partition?.counters.appliedChunks ?? closed }
}
