import Contract
import Foundation

/// How long an authorization is kept waiting, in milliseconds.
package enum DelayDistribution: Sendable, Equatable {
    case constant(Double)
    case uniform(ClosedRange<Double>)
    /// Mean and standard deviation of the delay; what falls below zero is zero.
    case normal(mean: Double, deviation: Double)
    /// Mean and standard deviation of the delay itself, not of its logarithm.
    case lognormal(mean: Double, deviation: Double)

    /// No delay is longer, in milliseconds; a lognormal's tail has no end of its own.
    package static let longest = 60_000.0

    /// One delay, 0…``longest`` milliseconds.
    package func sample(using generator: inout SplitMix64) -> Double {
        let delay =
            switch self {
            case .constant(let value): value
            case .uniform(let range): range.lowerBound + (range.upperBound - range.lowerBound) * generator.unit()
            case .normal(let mean, let deviation): mean + deviation * Self.standardNormal(using: &generator)
            case .lognormal(let mean, let deviation):
                Self.lognormal(mean: mean, deviation: deviation, standard: Self.standardNormal(using: &generator))
            }
        return min(max(0, delay), Self.longest)
    }

    /// Box–Muller; the cosine half alone, so that each sample takes two numbers and a sequence can be replayed from any point.
    private static func standardNormal(using generator: inout SplitMix64) -> Double {
        let radius = (-2 * log(1 - generator.unit())).squareRoot()
        return radius * cos(2 * Double.pi * generator.unit())
    }

    /// With X = exp(μ + σZ): σ² = ln(1 + d²/m²) and μ = ln m − σ²/2 give X the mean m and the deviation d.
    private static func lognormal(mean: Double, deviation: Double, standard: Double) -> Double {
        guard mean > 0 else { return 0 }
        let ratio = deviation / mean
        let variance = log(1 + ratio * ratio)
        return exp(log(mean) - variance / 2 + variance.squareRoot() * standard)
    }
}
