/// What a toxic saw and what it did.
package struct ToxicCounters: Sendable, Equatable, Codable {
    /// Seen while it was in force, in its direction, whether or not the toxicity draw hit the connection.
    package var matchedConnections: UInt64 = 0
    package var matchedChunks: UInt64 = 0
    package var matchedBytes: UInt64 = 0
    /// Of these, changed: held back, taken apart, lost, or ended.
    package var appliedConnections: UInt64 = 0
    package var appliedChunks: UInt64 = 0
    package var appliedBytes: UInt64 = 0
}
