import Foundation
import LoadEngine
import Statistics
import Synchronization

/// One line about the load while it runs: redrawn in place on a terminal, every 10 s elsewhere.
struct ProgressDisplay: Sendable {
    let engine: LoadEngine
    let isInteractive: Bool
    /// The faults in force.
    let faults: @Sendable () -> [String]

    /// Shows until it is cancelled.
    func run() async {
        let period: Duration = isInteractive ? .milliseconds(500) : .seconds(10)
        var announced = false
        while !Task.isCancelled {
            let snapshot = engine.snapshot()
            if snapshot.isStarted && !announced {
                announced = true
                Terminal.show("load started\n")
            } else if snapshot.isStarted {
                Terminal.show(isInteractive ? "\r\u{1B}[2K" + line(snapshot) : line(snapshot) + "\n")
            }
            // What is shown is a moving figure: it is looked at from time to time.
            try? await Task.sleep(for: announced ? period : .milliseconds(50))
        }
        if isInteractive { Terminal.show("\r\u{1B}[2K") }
    }

    private func line(_ snapshot: LiveSnapshot) -> String {
        func time(_ percent: Double) -> String {
            snapshot.responseTimes.percentile(percent).map { String(format: "%.0f ms", Double($0) / 1000) } ?? "-"
        }
        let waves = snapshot.waves > 0 ? "  wave \(snapshot.wavesReleased)/\(snapshot.waves)" : ""
        let active = faults()
        return String(format: "%5.0f s", snapshot.elapsedSeconds) + waves
            + "  \(snapshot.users) users  \(snapshot.requests) requests"
            + "  p50 \(time(50))  p95 \(time(95))  p99 \(time(99))  \(snapshot.failed) failed"
            + (active.isEmpty ? "" : "  fault: " + active.joined(separator: ", "))
    }
}
