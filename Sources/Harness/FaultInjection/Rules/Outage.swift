/// A proxy that is down for a while.
///
/// Confined to the relay's thread.
final class Outage {
    let id: Int
    let name: String
    let proxy: String
    /// In nanoseconds of ``monotonicNow()``.
    let leaseEnd: UInt64
    /// Connections that it found open, and closed.
    let closed: UInt64
    var isActive = true

    init(id: Int, name: String, proxy: String, leaseEnd: UInt64, closed: UInt64) {
        self.id = id
        self.name = name
        self.proxy = proxy
        self.leaseEnd = leaseEnd
        self.closed = closed
    }
}
