import Foundation

extension DurationDistribution {
    /// The longest that is ever drawn.
    package static let longest = Duration.seconds(24 * 3600)

    /// Draws a duration, from zero to ``longest``.
    package func sample(using generator: inout some RandomNumberGenerator) -> Duration {
        let seconds =
            switch self {
            case .constant(let value): value.inSeconds
            case .uniform(let low, let high):
                low.inSeconds + (high.inSeconds - low.inSeconds) * Self.unit(&generator)
            // The inverse of the distribution function, of 1 - u, which is never 0.
            case .exponential(let mean): -mean.inSeconds * log(1 - Self.unit(&generator))
            case .normal(let mean, let deviation):
                mean.inSeconds + deviation.inSeconds * Self.standardNormal(&generator)
            case .lognormal(let mean, let deviation):
                Self.lognormal(mean.inSeconds, deviation.inSeconds, &generator)
            }
        return min(max(.seconds(seconds), .zero), Self.longest)
    }

    /// In 0..<1, with 53 bits.
    private static func unit(_ generator: inout some RandomNumberGenerator) -> Double {
        Double(generator.next() >> 11) * 0x1p-53
    }

    /// Box and Muller, "A note on the generation of random normal deviates" (1958); the second deviate is not kept.
    private static func standardNormal(_ generator: inout some RandomNumberGenerator) -> Double {
        let radius = (-2 * log(1 - unit(&generator))).squareRoot()
        return radius * cos(2 * .pi * unit(&generator))
    }

    /// Takes the mean and deviation of the result, and from them those of its logarithm.
    private static func lognormal(
        _ mean: Double,
        _ deviation: Double,
        _ generator: inout some RandomNumberGenerator
    ) -> Double {
        guard mean > 0 else { return 0 }
        let variance = log(1 + (deviation / mean) * (deviation / mean))
        return exp(log(mean) - variance / 2 + variance.squareRoot() * standardNormal(&generator))
    }
}

extension Duration {
    /// As a floating-point number of seconds.
    package var inSeconds: Double {
        // One division, so that 300 ms is the same number as 0.3 (for durations of less than 104 days).
        Double(components.seconds * 1_000_000_000 + components.attoseconds / 1_000_000_000) / 1e9
    }
}
