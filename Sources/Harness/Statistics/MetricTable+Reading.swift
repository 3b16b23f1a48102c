import Scenario

extension MetricTable {
    /// The samples of `metric` in all series whose tags match, as one distribution; nil if no such series was met.
    package func trend(_ metric: Metric, where filter: Tags = [:]) -> Trend? {
        let found = trends.selected(metric, filter)
        guard var merged = found.first else { return nil }
        for trend in found.dropFirst() { merged.merge(trend) }
        return merged
    }

    package func count(_ metric: Metric, where filter: Tags = [:]) -> UInt64? {
        let found = counters.selected(metric, filter)
        return found.isEmpty ? nil : found.reduce(0, &+)
    }

    package func rate(_ metric: Metric, where filter: Tags = [:]) -> Rate? {
        let found = rates.selected(metric, filter)
        guard var merged = found.first else { return nil }
        for rate in found.dropFirst() { merged.merge(rate) }
        return merged
    }

    package func gauge(_ metric: Metric, where filter: Tags = [:]) -> Gauge? {
        let found = gauges.selected(metric, filter)
        guard var merged = found.first else { return nil }
        for gauge in found.dropFirst() { merged.merge(gauge) }
        return merged
    }

    /// The different values of a tag among the series of a metric, sorted: the requests of a report, the statuses of one.
    package func values(of tag: String, in metric: Metric, where filter: Tags = [:]) -> [String] {
        let keys = (trends.keys + counters.keys + rates.keys + gauges.keys)
            .filter { $0.metric == metric && $0.tags.matches(filter) }
        return Set(keys.compactMap { $0.tags[tag] }).sorted()
    }

    /// A counter split by the values of one tag, such as requests by status.
    package func counts(_ metric: Metric, by tag: String, where filter: Tags = [:]) -> [String: UInt64] {
        var split: [String: UInt64] = [:]
        for (key, value) in zip(counters.keys, counters.values)
        where key.metric == metric && key.tags.matches(filter) {
            guard let name = key.tags[tag] else { continue }
            split[name, default: 0] &+= value
        }
        return split
    }
}
