import Scenario
import Statistics

/// Whether the generator was too slow for an arrival-rate load.
enum ArrivalSaturation {
    /// Lateness at p99 that makes a generator the bottleneck, in seconds.
    private static let lateness = 0.010
    /// Share of arrivals that may be dropped while users were free.
    private static let share = 0.01

    /// Names the load and the reason; nil when the generator kept up.
    static func reason(_ scenario: Scenario, _ table: MetricTable) -> String? {
        for load in scenario.load {
            guard case .arrivalRate = load.executor else { continue }
            if let late = table.trend(.httpReqLateness, where: ["load": load.name])?.percentile(99),
                Double(late) / 1e6 > lateness
            {
                return "CPU: p99 of lateness of \(load.name) is \(late / 1_000) ms, and 10 ms is the limit"
            }
            let begun = Double(table.count(.iterations, where: ["load": load.name]) ?? 0)
            for (tag, reason) in [
                ("threads", "threads: users were free on another thread"),
                ("connections", "connections: the limit of open files allows no more users"),
            ] {
                let dropped = table.count(.droppedIterations, where: ["load": load.name, "reason": tag]) ?? 0
                guard Double(dropped) > share * (begun + Double(dropped)) else { continue }
                return "\(reason); \(dropped) arrivals of \(load.name) were dropped"
            }
        }
        return nil
    }
}
