import Scenario
import Statistics

/// The series of a load as a whole.
struct LoadSeries {
    let iterations: CounterID
    let iterationDuration: TrendID
    /// By ``DropReason/index``; there from the start, so that none dropped is a count of 0.
    let dropped: [CounterID]

    init(_ table: inout MetricTable, load: String) {
        iterations = table.counter(.iterations, ["load": load])
        iterationDuration = table.trend(.iterationDuration, ["load": load])
        dropped = DropReason.allCases.map {
            table.counter(.droppedIterations, ["load": load, "reason": $0.rawValue])
        }
    }
}
