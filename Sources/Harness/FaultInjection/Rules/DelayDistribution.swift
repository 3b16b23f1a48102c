import Foundation
import Scenario

/// How long a message is held back; each is drawn anew.
enum DelayDistribution: Sendable, Equatable {
    /// Constant, uniform, normal, lognormal.
    case drawn(DurationDistribution)
    /// Pareto, type I: nothing below `minimum`, and P(X > x) = (minimum / x)^shape. In milliseconds.
    case pareto(minimum: Double, shape: Double)
    /// Milliseconds, each as likely as the next.
    case samples([Double])

    /// No delay is longer, in milliseconds: a tail has no end of its own, a lease has.
    static let longest = 600_000.0

    /// Nanoseconds.
    func sample(_ random: inout SplitMix64) -> UInt64 {
        let milliseconds =
            switch self {
            case .drawn(let distribution): distribution.sample(using: &random).inSeconds * 1_000
            case .pareto(let minimum, let shape): minimum * pow(1 - random.unit(), -1 / shape)
            case .samples(let samples): samples[Int(random.unit() * Double(samples.count))]
            }
        return UInt64(min(max(0, milliseconds), Self.longest) * 1e6)
    }

    /// What is drawn is not longer, in nanoseconds.
    var upperBound: UInt64 {
        let milliseconds =
            switch self {
            case .drawn(.constant(let value)): value.inSeconds * 1_000
            case .drawn(.uniform(_, let high)): high.inSeconds * 1_000
            case .samples(let samples): samples.max() ?? 0
            default: Self.longest
            }
        return UInt64(min(max(0, milliseconds), Self.longest) * 1e6)
    }
}
