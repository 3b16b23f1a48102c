import Scenario

/// Everything that was measured: series of samples by metric and tags, and a timeline for each request.
///
/// One table belongs to one engine thread, so recording takes no lock; tables are merged when the run ends. A caller asks
/// once for a series' place (``trend(_:_:)`` and its siblings) and records by place: no hashing for each sample.
package struct MetricTable: Sendable {
    /// How long was measured, in seconds: what the `rate` of a counter is divided by.
    package var durationSeconds: Double = 0

    var trends = SeriesStore<Trend>()
    var counters = SeriesStore<UInt64>()
    var rates = SeriesStore<Rate>()
    var gauges = SeriesStore<Gauge>()
    private(set) var timelineKeys: [Tags] = []
    private(set) var timelineValues: [Timeline] = []

    package init() {}

    // MARK: Places

    package mutating func trend(_ metric: Metric, _ tags: Tags) -> TrendID {
        TrendID(index: trends.place(SeriesKey(metric: metric, tags: tags), empty: Trend()))
    }

    package mutating func counter(_ metric: Metric, _ tags: Tags) -> CounterID {
        CounterID(index: counters.place(SeriesKey(metric: metric, tags: tags), empty: 0))
    }

    package mutating func rate(_ metric: Metric, _ tags: Tags) -> RateID {
        RateID(index: rates.place(SeriesKey(metric: metric, tags: tags), empty: Rate()))
    }

    package mutating func gauge(_ metric: Metric, _ tags: Tags) -> GaugeID {
        GaugeID(index: gauges.place(SeriesKey(metric: metric, tags: tags), empty: Gauge()))
    }

    /// The timeline for one load's request (tags `load` and `request`).
    package mutating func timeline(_ tags: Tags) -> TimelineID {
        if let place = timelineKeys.firstIndex(of: tags) { return TimelineID(index: place) }
        timelineKeys.append(tags)
        timelineValues.append(Timeline())
        return TimelineID(index: timelineValues.count - 1)
    }

    // MARK: Recording

    package mutating func record(_ series: TrendID, microseconds: UInt64) {
        trends.values[series.index].record(microseconds: microseconds)
    }

    package mutating func add(_ series: CounterID, _ amount: UInt64) {
        counters.values[series.index] &+= amount
    }

    package mutating func record(_ series: RateID, _ isYes: Bool) {
        rates.values[series.index].record(isYes)
    }

    package mutating func set(_ series: GaugeID, _ value: Double) {
        gauges.values[series.index].set(value)
    }

    /// Records a request that ended in this second since the start of the run, and its response time.
    package mutating func record(_ timeline: TimelineID, second: Int, microseconds: UInt64, failed: Bool) {
        timelineValues[timeline.index].record(second: second, microseconds: microseconds, failed: failed)
    }

    // MARK: Merging

    /// Adds what another thread measured at the same time; the longer duration counts.
    package mutating func merge(_ other: MetricTable) {
        durationSeconds = max(durationSeconds, other.durationSeconds)
        for (key, value) in zip(other.trends.keys, other.trends.values) {
            trends.values[trends.place(key, empty: Trend())].merge(value)
        }
        for (key, value) in zip(other.counters.keys, other.counters.values) {
            counters.values[counters.place(key, empty: 0)] &+= value
        }
        for (key, value) in zip(other.rates.keys, other.rates.values) {
            rates.values[rates.place(key, empty: Rate())].merge(value)
        }
        for (key, value) in zip(other.gauges.keys, other.gauges.values) {
            gauges.values[gauges.place(key, empty: Gauge())].merge(value)
        }
        for (key, value) in zip(other.timelineKeys, other.timelineValues) {
            timelineValues[timeline(key).index].merge(value)
        }
    }

    // MARK: Reading

    /// All timelines, merged over what `filter` does not name.
    package func timeline(where filter: Tags = [:]) -> Timeline {
        var merged = Timeline()
        for (tags, value) in zip(timelineKeys, timelineValues) where tags.matches(filter) { merged.merge(value) }
        return merged
    }
}
