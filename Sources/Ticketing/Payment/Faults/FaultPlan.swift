import Contract

/// What is to happen to one authorization.
package struct FaultDecision: Sendable, Equatable {
    package enum Fate: Sendable, Equatable {
        /// Charged and answered.
        case success
        /// Declined.
        case fail
        /// Answered 500, nothing charged.
        case error
        /// Never answered, nothing charged.
        case hang
        /// Charged, never answered.
        case dropReply
    }
    /// 0 when the mock behaves.
    package var delayMilliseconds: Double
    package var fate: Fate

    /// What happens when no faults are in force.
    package static let none = FaultDecision(delayMilliseconds: 0, fate: .success)

    package init(delayMilliseconds: Double, fate: Fate) {
        self.delayMilliseconds = delayMilliseconds
        self.fate = fate
    }
}

/// Validated faults with the generator that turns them into decisions, one an authorization, in order of arrival.
package struct FaultPlan: Sendable {
    /// As they were asked for, with what was left out filled in.
    package let faults: PaymentFaults
    /// Seconds until the mock behaves again by itself.
    package let ttlSeconds: Double
    private let delay: DelayDistribution
    private let hang: Double
    private let error: Double
    private let dropReply: Double
    private let fail: Double
    private var generator: SplitMix64

    /// Seconds for which faults are in force when nothing is said.
    package static let defaultTTL = 300.0
    /// The longest time for which faults may be in force, in seconds.
    package static let longestTTL = 86_400.0

    /// Reads `faults`.
    ///
    /// - Throws: ``InvalidFault``, which names the first field that is out of range.
    package init(_ asked: PaymentFaults) throws(InvalidFault) {
        var faults = try asked.expandingPreset()
        delay = try faults.delay.map { value throws(InvalidFault) in try value.distributionInRange() } ?? .constant(0)
        hang = try Self.share(faults.hangRate, "hangRate")
        error = try Self.share(faults.errorRate, "errorRate")
        dropReply = try Self.share(faults.dropReplyRate, "dropReplyRate")
        fail = try Self.share(faults.failRate, "failRate")
        // A hair above 1 is what 0.1 + 0.2 + 0.7 may add up to.
        guard hang + error + dropReply + fail <= 1 + 1e-9 else {
            throw InvalidFault("failRate", "failRate, errorRate, hangRate and dropReplyRate must add up to at most 1")
        }
        ttlSeconds = faults.ttlSeconds ?? Self.defaultTTL
        guard ttlSeconds > 0, ttlSeconds <= Self.longestTTL else {
            throw InvalidFault("ttlSeconds", "must be more than 0 and at most 86400, is \(ttlSeconds)")
        }
        faults.ttlSeconds = ttlSeconds
        faults.seed = faults.seed ?? 1
        generator = SplitMix64(seed: faults.seed ?? 1)
        self.faults = faults
    }

    /// Decides the next authorization.
    ///
    /// Equal seeds give equal sequences.
    package mutating func decide() -> FaultDecision {
        let delayed = delay.sample(using: &generator)
        let draw = generator.unit()
        return FaultDecision(delayMilliseconds: delayed, fate: fate(of: draw))
    }

    /// The unit interval cut into the shares; what is left over succeeds.
    private func fate(of draw: Double) -> FaultDecision.Fate {
        if draw < hang { return .hang }
        if draw < hang + error { return .error }
        if draw < hang + error + dropReply { return .dropReply }
        if draw < hang + error + dropReply + fail { return .fail }
        return .success
    }

    private static func share(_ value: Double?, _ field: String) throws(InvalidFault) -> Double {
        guard let value else { return 0 }
        guard value >= 0, value <= 1 else { throw InvalidFault(field, "must be 0…1, is \(value)") }
        return value
    }
}
