import Contract
import Scenario

/// Payment knows one set of faults at a time; those of the timeline that overlap are made one.
///
/// Shares combine as independent chances do: 1 − Π(1 − share). Of several delays the one that started last counts.
enum PaymentMerge {
    /// `faults` in the order in which they started, under a lease of `ttlSeconds`.
    static func merge(
        _ faults: [PaymentFaultSpec],
        seed: UInt64,
        ttlSeconds: Double
    ) throws(FaultError) -> PaymentFaults {
        var merged = PaymentFaults(seed: seed, ttlSeconds: ttlSeconds)
        for fault in faults {
            if let delay = fault.delay {
                merged.delay = try body(delay)
            }
        }
        merged.failRate = together(faults.map(\.fail))
        merged.errorRate = together(faults.map(\.error))
        merged.hangRate = together(faults.map(\.hang))
        merged.dropReplyRate = together(faults.map(\.dropReply))
        return merged
    }

    /// Nil where none of them does anything.
    private static func together(_ shares: [Double]) -> Double? {
        let spared = shares.reduce(1) { $0 * (1 - $1) }
        return spared < 1 ? 1 - spared : nil
    }

    private static func body(_ delay: DurationDistribution) throws(FaultError) -> PaymentFaults.Delay {
        switch delay {
        case .constant(let value):
            return .init(distribution: .constant, valueMs: value.seconds * 1e3)
        case .uniform(let least, let most):
            return .init(distribution: .uniform, minMs: least.seconds * 1e3, maxMs: most.seconds * 1e3)
        case .normal(let mean, let deviation):
            return .init(distribution: .normal, meanMs: mean.seconds * 1e3, deviationMs: deviation.seconds * 1e3)
        case .lognormal(let mean, let deviation):
            return .init(distribution: .lognormal, meanMs: mean.seconds * 1e3, deviationMs: deviation.seconds * 1e3)
        case .exponential:
            throw FaultError("payment's delay cannot be exponential; use constant, uniform, normal or lognormal")
        }
    }
}
