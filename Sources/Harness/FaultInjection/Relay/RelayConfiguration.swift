/// The limits of a relay.
package struct RelayConfiguration: Sendable {
    /// All toxicity and jitter are drawn from it.
    package var seed: UInt64
    /// Connections at once; further ones wait in the listen backlog.
    ///
    /// Two descriptors each.
    package var maximumConnections: Int
    /// Bytes in flight per direction of a connection; reading stops when they are there.
    ///
    /// A power of two of at least 4,096.
    package var lineCapacity: Int
    /// Seconds to wait for an upstream to accept.
    package var dialSeconds: Double

    package init(
        seed: UInt64,
        maximumConnections: Int = 8_192,
        lineCapacity: Int = 256 * 1_024,
        dialSeconds: Double = 10
    ) {
        self.seed = seed
        self.maximumConnections = maximumConnections
        self.lineCapacity = lineCapacity
        self.dialSeconds = dialSeconds
    }
}
