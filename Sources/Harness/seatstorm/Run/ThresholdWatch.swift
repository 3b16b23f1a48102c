import LoadEngine
import Scenario
import Statistics

/// Judges the thresholds with `abort` while the load runs, and ends it when one is breached.
struct ThresholdWatch: Sendable {
    let thresholds: [Threshold]
    let engine: LoadEngine

    /// Watches until it is cancelled, or has ended the run.
    func run() async {
        guard !thresholds.isEmpty else { return }
        while !Task.isCancelled {
            // The engine shows what it has measured once a second.
            try? await Task.sleep(for: .milliseconds(500))
            let metrics = engine.metrics()
            guard let breached = thresholds.first(where: metrics.mustAbort) else { continue }
            Terminal.complain("\nseatstorm: \(breached.source) does not hold, which ends the run")
            engine.stop("\(breached.source) does not hold")
            return
        }
    }
}
