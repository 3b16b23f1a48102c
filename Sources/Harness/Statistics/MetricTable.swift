import Scenario

/// Everything that was measured: series of samples by metric and tags.
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
    /// Of the thresholds with `over`.
    private(set) var windows: [ThresholdWindow] = []
    /// Whole seconds since the start of the run: where samples go in windows.
    ///
    /// Whoever records keeps it up to date.
    package var second = 0

    /// An empty table.
    ///
    /// Those of the thresholds that have `over` are given a window each.
    package init(thresholds: [Threshold] = []) {
        windows = thresholds.filter { $0.over != nil }.map { ThresholdWindow($0) }
    }

    // MARK: Places

    package mutating func trend(_ metric: Metric, _ tags: Tags) -> TrendID {
        TrendID(index: trends.place(SeriesKey(metric: metric, tags: tags), in: windows, empty: Trend()))
    }

    package mutating func counter(_ metric: Metric, _ tags: Tags) -> CounterID {
        CounterID(index: counters.place(SeriesKey(metric: metric, tags: tags), in: windows, empty: 0))
    }

    package mutating func rate(_ metric: Metric, _ tags: Tags) -> RateID {
        RateID(index: rates.place(SeriesKey(metric: metric, tags: tags), in: windows, empty: Rate()))
    }

    package mutating func gauge(_ metric: Metric, _ tags: Tags) -> GaugeID {
        GaugeID(index: gauges.place(SeriesKey(metric: metric, tags: tags), in: windows, empty: Gauge()))
    }

    // MARK: Recording

    package mutating func record(_ series: TrendID, microseconds: UInt64) {
        trends.values[series.index].record(microseconds: microseconds)
        recordInWindows(trends.windows, series.index) { $0.record(microseconds: microseconds) }
    }

    package mutating func add(_ series: CounterID, _ amount: UInt64) {
        counters.values[series.index] &+= amount
        recordInWindows(counters.windows, series.index) { $0.add(amount) }
    }

    package mutating func record(_ series: RateID, _ isYes: Bool) {
        rates.values[series.index].record(isYes)
        recordInWindows(rates.windows, series.index) { $0.add(isYes ? 1 : 0) }
    }

    package mutating func set(_ series: GaugeID, _ value: Double) {
        gauges.values[series.index].set(value)
        recordInWindows(gauges.windows, series.index) { $0.set(value) }
    }

    /// Records a sample in the windows that its series is in, of which most runs have none.
    @inline(__always)
    private mutating func recordInWindows(_ places: [[Int]], _ series: Int, _ sample: (inout WindowSlot) -> Void) {
        guard !windows.isEmpty else { return }
        for window in places[series] { windows[window].record(second: second, sample) }
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
        if windows.isEmpty {
            windows = other.windows
        } else {
            for index in windows.indices where index < other.windows.count {
                windows[index].merge(other.windows[index])
            }
        }
    }
}
