import Scenario

extension MetricTable {
    /// Judges one threshold over everything measured.
    ///
    /// `saturation` says why the generator was the bottleneck, if it was: latency is then not the server's.
    package func evaluate(_ threshold: Threshold, saturation: String? = nil) -> ThresholdResult {
        let value = threshold.over == nil ? wholeRunValue(of: threshold) : worstWindowValue(of: threshold)
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
        guard let over = threshold.over else {
            return wholeRunValue(of: threshold).map { !threshold.holds($0) } ?? false
        }
        // The second under way is not whole yet.
        let end = Int(durationSeconds)
        let length = Int(over.components.seconds)
        guard end >= length else { return false }
        let filter = Tags(threshold.tags.filter { $0.key == "load" || $0.key == "request" })
        let window = timeline(where: filter).slots.filter { ((end - length)..<end).contains($0.second) }
        return Self.value(of: threshold, in: window[...], seconds: length).map { !threshold.holds($0) } ?? false
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

    /// The worst value that any window of the threshold's length took; windows start at each slot of the timeline.
    ///
    /// A timeline knows requests, failures and response times, so only thresholds on these have windows; times are within
    /// 6.25 %.
    private func worstWindowValue(of threshold: Threshold) -> Double? {
        guard let over = threshold.over else { return nil }
        let filter = Tags(threshold.tags.filter { $0.key == "load" || $0.key == "request" })
        guard filter.values.count == threshold.tags.count else { return nil }
        let timeline = timeline(where: filter)
        let length = max(Int(over.components.seconds), timeline.slotSeconds)
        let slots = timeline.slots
        let values = slots.indices.compactMap { first in
            let end = slots[first].second + length
            return Self.value(of: threshold, in: slots[first...].prefix { $0.second < end }, seconds: length)
        }
        return values.first { !threshold.holds($0) } ?? values.last
    }

    private static func value(of threshold: Threshold, in window: ArraySlice<TimelineSlot>, seconds: Int) -> Double? {
        let count = window.reduce(0) { $0 + $1.count }
        guard count > 0 else { return nil }
        switch threshold.metric {
        case .httpReqFailed: return Double(window.reduce(0) { $0 + $1.failed }) / Double(count)
        case .httpReqs: return threshold.aggregate == .rate ? Double(count) / Double(seconds) : Double(count)
        case .httpReqResponseTime:
            guard let percent = threshold.aggregate.percent else { return nil }
            var merged = CoarseHistogram()
            for slot in window { merged.merge(slot.dense) }
            return merged.percentile(percent).map { Double($0) / 1_000_000 }
        default: return nil
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
    fileprivate var percent: Double? {
        switch self {
        case .percentile(let percent): percent
        case .median: 50
        case .maximum: 100
        default: nil
        }
    }
}
