import Foundation
import LoadEngine
import Reporting
import Scenario
import Statistics

/// One run of a capacity search: what was asked, and what came of it.
///
/// Times are seconds.
struct CapacityPoint: Codable, Sendable {
    /// Arrivals in the load's unit of time, as asked.
    var rate: Int
    /// Iterations of the load that ended, in that unit of time.
    var achieved: Double
    var dropped: UInt64
    /// Of the response times of all the load's requests.
    var p50: Double?
    var p95: Double?
    var p99: Double?
    /// Share of requests that failed, 0…1.
    var errorRate: Double
    var verdict: String
    /// The thresholds that were breached.
    var breached: [String]

    init(rate: Int, of subject: CapacitySubject, _ summary: Summary, _ load: LoadResult) {
        let filter: Tags = ["load": subject.load]
        let iterations = load.metrics.count(.iterations, where: filter) ?? 0
        let times = load.metrics.trend(.httpReqResponseTime, where: filter)
        self.rate = rate
        achieved =
            load.durationSeconds > 0 ? Double(iterations) / load.durationSeconds * (subject.timeUnit / .seconds(1)) : 0
        dropped = load.metrics.count(.droppedIterations, where: filter) ?? 0
        p50 = times?.value(of: .percentile(50))
        p95 = times?.value(of: .percentile(95))
        p99 = times?.value(of: .percentile(99))
        errorRate = summary.errorRate
        verdict = summary.verdict
        breached = summary.slo.filter { $0.verdict == "breached" }.map(\.threshold)
    }

    static let header = "    rate   achieved  dropped      p50        p95        p99     errors  verdict"

    var line: String {
        func time(_ seconds: Double?) -> String {
            seconds.map { String(format: "%7.1f ms", $0 * 1000) } ?? "         -"
        }
        return String(format: "%8d %10.1f %8d ", rate, achieved, dropped)
            + "\(time(p50)) \(time(p95)) \(time(p99)) " + String(format: "%7.2f %%", errorRate * 100)
            + "  \(verdict)" + (breached.isEmpty ? "" : ": " + breached.joined(separator: "; "))
    }
}
