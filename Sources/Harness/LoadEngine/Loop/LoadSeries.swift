import Scenario
import Statistics

/// The series of a load as a whole.
struct LoadSeries {
    let iterations: CounterID
    let iterationDuration: TrendID
    /// By ``DropReason/index``; there from the start, so that none dropped is a count of 0.
    let dropped: [CounterID]

    /// The tags are `load` and those that the load and the scenario have of their own.
    init(_ table: inout MetricTable, _ tags: Tags) {
        iterations = table.counter(.iterations, tags)
        iterationDuration = table.trend(.iterationDuration, tags)
        dropped = DropReason.allCases.map {
            table.counter(.droppedIterations, Tags(tags.values.merging(["reason": $0.rawValue]) { $1 }))
        }
    }
}
