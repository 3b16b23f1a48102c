/// `chaos:`: faults drawn at random, from one seed.
package struct ChaosSpec: Sendable, Equatable {
    /// How much is broken at a time, and how soon something else is.
    package enum Intensity: String, Sendable, CaseIterable {
        /// One fault at a time, with about 10 s between them.
        case low
        /// Up to two at a time, about 5 s apart.
        case medium
        /// Up to four at a time, about 2 s apart.
        case high

        /// The mean time from one fault's beginning to the next one's.
        var pause: Duration {
            switch self {
            case .low: .seconds(10)
            case .medium: .seconds(5)
            case .high: .seconds(2)
            }
        }

        /// The most at a time.
        var most: Int {
            switch self {
            case .low: 1
            case .medium: 2
            case .high: 4
            }
        }
    }

    /// Nil: the run's seed.
    package let seed: UInt64?
    package let intensity: Intensity
    /// What may be drawn, by the groups of ``ChaosTable``; empty for all.
    package let palette: [String]
    /// How long the load lasts.
    package let length: Duration
}
