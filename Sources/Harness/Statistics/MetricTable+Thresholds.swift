import Scenario

extension MetricTable {
    /// Judges one threshold over everything measured.
    ///
    /// `saturation` says why the generator was the bottleneck, if it was: latency is then not the server's.
    package func evaluate(_ threshold: Threshold, saturation: String? = nil) -> ThresholdResult {
        let value =
            threshold.over == nil
            ? wholeRunValue(of: threshold) : window(of: threshold)?.worst(of: Int(durationSeconds))
        guard let value else {
            return inconclusive(threshold, nil, "no samples")
        }
        if threshold.isLatency, let saturation {
            return inconclusive(threshold, value, "the load generator was the bottleneck: \(saturation)")
        }
        return ThresholdResult(
            threshold: threshold.source,
            value: value,
            unit: threshold.metric.unit,
            verdict: threshold.holds(value) ? .holds : .breached
        )
    }

    /// Whether a threshold with `abort` is breached so far: over its last whole window, or over the run up to now, and not before
    /// its `delayAbortEval`.
    package func mustAbort(_ threshold: Threshold) -> Bool {
        guard threshold.abort, durationSeconds >= threshold.delayAbortEval.inSeconds else { return false }
        let value =
            threshold.over == nil
            ? wholeRunValue(of: threshold) : window(of: threshold)?.latest(after: Int(durationSeconds))
        return value.map { !threshold.holds($0) } ?? false
    }

    /// Nil too for a counter that nothing could have raised.
    private func window(of threshold: Threshold) -> ThresholdWindow? {
        if threshold.metric.kind == .counter, count(threshold.metric, where: Tags(threshold.tags)) == nil { return nil }
        return windows.first { $0.threshold == threshold }
    }

    private func inconclusive(_ threshold: Threshold, _ value: Double?, _ reason: String) -> ThresholdResult {
        ThresholdResult(
            threshold: threshold.source,
            value: value,
            unit: threshold.metric.unit,
            verdict: .inconclusive,
            reason: reason
        )
    }

    private func wholeRunValue(of threshold: Threshold) -> Double? {
        let filter = Tags(threshold.tags)
        switch threshold.metric.kind {
        case .trend: return trend(threshold.metric, where: filter)?.value(of: threshold.aggregate)
        case .rate:
            guard let rate = rate(threshold.metric, where: filter) else { return nil }
            return threshold.aggregate == .count ? Double(rate.yes) : rate.share
        case .counter:
            guard let count = count(threshold.metric, where: filter) else { return nil }
            guard threshold.aggregate == .rate else { return Double(count) }
            return durationSeconds > 0 ? Double(count) / durationSeconds : nil
        case .gauge:
            guard let gauge = gauge(threshold.metric, where: filter), let latest = gauge.latest else { return nil }
            switch threshold.aggregate {
            case .minimum: return gauge.minimum
            case .maximum: return gauge.maximum
            default: return latest
            }
        }
    }
}

extension Trend {
    /// In seconds, but for `count`; nil without samples.
    package func value(of aggregate: Threshold.Aggregate) -> Double? {
        guard count > 0 else { return nil }
        if let percent = aggregate.percent { return percentile(percent).map { Double($0) / 1_000_000 } }
        switch aggregate {
        case .minimum: return Double(minimum) / 1_000_000
        case .average: return mean.map { $0 / 1_000_000 }
        case .count: return Double(count)
        default: return nil
        }
    }
}

extension Threshold.Aggregate {
    /// The percentile that it is, 0…100; nil if it is none.
    var percent: Double? {
        switch self {
        case .percentile(let percent): percent
        case .median: 50
        case .maximum: 100
        default: nil
        }
    }
}
