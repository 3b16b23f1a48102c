import Metrics
import Synchronization

/// Counts in whole numbers: one atomic addition an increment.
final class PrometheusCounter: CounterHandler, PrometheusSeries {
    private let value = Atomic<Int64>(0)

    /// A counter only rises: negative amounts are ignored.
    ///
    /// It wraps at 2⁶³ rather than trap.
    func increment(by amount: Int64) {
        guard amount > 0 else { return }
        self.value.wrappingAdd(amount, ordering: .relaxed)
    }

    func reset() { self.value.store(0, ordering: .relaxed) }

    func render(_ name: String, _ labels: String, into text: inout PrometheusText) {
        text.sample(name, labels, self.value.load(ordering: .relaxed))
    }
}

/// Counts in floating point.
final class PrometheusFloatingPointCounter: FloatingPointCounterHandler, PrometheusSeries {
    private let value = AtomicDouble()

    /// A counter only rises: negative amounts, and what is no number, are ignored.
    func increment(by amount: Double) {
        guard amount > 0, amount.isFinite else { return }
        self.value.add(amount)
    }

    func reset() { self.value.set(0) }

    func render(_ name: String, _ labels: String, into text: inout PrometheusText) {
        text.sample(name, labels, self.value.get())
    }
}
