import Scenario

/// The series of one kind: values in an array, found by key when first met and by place afterwards.
struct SeriesStore<Value: Sendable>: Sendable {
    private(set) var keys: [SeriesKey] = []
    var values: [Value] = []
    /// Of each series the windows that it is in, as places in the table; empty for most.
    private(set) var windows: [[Int]] = []
    private var places: [SeriesKey: Int] = [:]

    mutating func place(_ key: SeriesKey, in all: [ThresholdWindow] = [], empty: @autoclosure () -> Value) -> Int {
        if let place = places[key] { return place }
        let place = values.count
        keys.append(key)
        values.append(empty())
        windows.append(all.indices.filter { all[$0].watches(key) })
        places[key] = place
        return place
    }

    func selected(_ metric: Metric, _ filter: Tags) -> [Value] {
        keys.indices.filter { keys[$0].metric == metric && keys[$0].tags.matches(filter) }.map { values[$0] }
    }
}
