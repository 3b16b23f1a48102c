import Contract

extension PaymentFaults {
    /// The faults with the named preset's values where nothing else is said.
    func expandingPreset() throws(InvalidFault) -> PaymentFaults {
        guard let name = preset else { return self }
        guard name == Self.referencePreset else {
            throw InvalidFault("preset", "unknown preset \"\(name)\"; there is \"\(Self.referencePreset)\"")
        }
        var faults = self
        faults.delay = delay ?? Self.reference.delay
        faults.failRate = failRate ?? Self.reference.failRate
        return faults
    }
}

extension PaymentFaults.Delay {
    /// The distribution with the parameters it needs, each within 0…``DelayDistribution/longest`` milliseconds.
    func distributionInRange() throws(InvalidFault) -> DelayDistribution {
        switch distribution {
        case .constant:
            return .constant(try milliseconds(valueMs, "delay.valueMs"))
        case .uniform:
            let low = try milliseconds(minMs, "delay.minMs")
            let high = try milliseconds(maxMs, "delay.maxMs")
            guard low <= high else {
                throw InvalidFault("delay.maxMs", "must not be less than delay.minMs (\(low)), is \(high)")
            }
            return .uniform(low...high)
        case .normal:
            return .normal(
                mean: try milliseconds(meanMs, "delay.meanMs"),
                deviation: try milliseconds(deviationMs, "delay.deviationMs")
            )
        case .lognormal:
            let mean = try milliseconds(meanMs, "delay.meanMs")
            guard mean > 0 else {
                throw InvalidFault("delay.meanMs", "must be more than 0 for a lognormal delay")
            }
            return .lognormal(mean: mean, deviation: try milliseconds(deviationMs, "delay.deviationMs"))
        }
    }

    private func milliseconds(_ value: Double?, _ field: String) throws(InvalidFault) -> Double {
        guard let value else {
            throw InvalidFault(field, "is missing; a \(distribution.rawValue) delay needs it")
        }
        guard value >= 0, value <= DelayDistribution.longest else {
            throw InvalidFault(field, "must be 0…60000 milliseconds, is \(value)")
        }
        return value
    }
}
