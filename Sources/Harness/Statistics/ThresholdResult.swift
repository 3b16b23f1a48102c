/// What a threshold was found to be.
package struct ThresholdResult: Sendable, Equatable {
    package enum Verdict: String, Sendable, Equatable {
        case holds
        case breached
        /// No samples, or a generator that was the bottleneck: neither a pass nor a failure.
        case inconclusive
    }

    /// As it stands in the scenario file.
    package let threshold: String
    /// In the threshold's unit; nil when there was nothing to aggregate.
    package let value: Double?
    /// `s`, `B`, or empty.
    package let unit: String
    package let verdict: Verdict
    /// Why it is inconclusive; nil otherwise.
    package let reason: String?

    package init(threshold: String, value: Double?, unit: String, verdict: Verdict, reason: String? = nil) {
        self.threshold = threshold
        self.value = value
        self.unit = unit
        self.verdict = verdict
        self.reason = reason
    }
}
