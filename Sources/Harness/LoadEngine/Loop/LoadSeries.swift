import Scenario
import Statistics

/// The series of a load as a whole.
struct LoadSeries {
    let iterations: CounterID
    let iterationDuration: TrendID

    init(_ table: inout MetricTable, load: String) {
        iterations = table.counter(.iterations, ["load": load])
        iterationDuration = table.trend(.iterationDuration, ["load": load])
    }
}
