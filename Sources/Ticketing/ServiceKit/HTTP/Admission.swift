import Metrics
import Observability
import Synchronization

/// Counts what is being worked on, and refuses what is too much.
final class Admission: Sendable {
    /// Of the whole process, for `http_requests_in_flight`.
    private static let inProcess = Atomic<Int>(0)

    private let inFlight = Atomic<Int>(0)
    private let limit: Int
    private let shed = Counter(label: "http_requests_shed_total")

    /// - Parameter limit: The most requests at a time.
    init(limit: Int) {
        self.limit = limit
        let metric = "http_requests_in_flight"
        ServiceApplication.registry.observe(metric, help: MetricHelp.texts[metric] ?? "") {
            [GaugeSample(Double(Self.inProcess.load(ordering: .relaxed)))]
        }
    }

    /// Whether there is room; what was let in must ``leave()``.
    func enter() -> Bool {
        guard inFlight.add(1, ordering: .relaxed).newValue <= limit else {
            inFlight.subtract(1, ordering: .relaxed)
            shed.increment()
            return false
        }
        Self.inProcess.add(1, ordering: .relaxed)
        return true
    }

    func leave() {
        inFlight.subtract(1, ordering: .relaxed)
        Self.inProcess.subtract(1, ordering: .relaxed)
    }
}
