import Scenario
import Statistics

/// Whether the generator was too slow for an arrival-rate load.
enum ArrivalSaturation {
    /// Lateness at p99 that makes a generator the bottleneck, in seconds.
    private static let lateness = 0.010
    /// Share of arrivals that may be dropped for want of a user while the generator could have had one.
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
            let busy = dropped(.maxVUs, load.name, table)
            for (cause, reason) in [
                (DropReason.threads, "threads: users were free on another thread"),
                (.connections, "connections: the limit of open files allows no more users"),
            ] {
                let dropped = dropped(cause, load.name, table)
                // More than the server's own part: where it kept every user waiting, a few were free elsewhere for a moment.
                guard Double(dropped) > share * (begun + Double(dropped)), dropped > busy else { continue }
                return "\(reason); \(dropped) arrivals of \(load.name) were dropped"
            }
        }
        return nil
    }

    private static func dropped(_ reason: DropReason, _ load: String, _ table: MetricTable) -> UInt64 {
        table.count(.droppedIterations, where: ["load": load, "reason": reason.rawValue]) ?? 0
    }
}
