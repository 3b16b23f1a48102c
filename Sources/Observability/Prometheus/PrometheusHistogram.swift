import Metrics
import Synchronization

/// Counts values by upper bound.
///
/// Recording touches one bucket and the sum; buckets are accumulated when they are rendered.
final class PrometheusHistogram: TimerHandler, RecorderHandler, PrometheusSeries {
    private let bounds: [Double]
    private let sum = AtomicDouble()
    private let counts: Counts

    /// One counter for each bound and one for what is above them all.
    private struct Counts: ~Copyable, @unchecked Sendable {
        // Safe to share: the memory is set up before anyone else sees it, freed when nobody can, and holds only atomics.
        let cells: UnsafeMutablePointer<Atomic<Int64>>
        let count: Int

        init(_ count: Int) {
            self.count = count
            self.cells = .allocate(capacity: count)
            for index in 0..<count { (self.cells + index).initialize(to: Atomic(0)) }
        }

        deinit {
            self.cells.deinitialize(count: self.count)
            self.cells.deallocate()
        }
    }

    /// - Parameter bounds: ascending and finite.
    init(bounds: [Double]) {
        self.bounds = bounds
        self.counts = Counts(bounds.count + 1)
    }

    func recordNanoseconds(_ duration: Int64) { self.observe(Double(duration) / 1e9) }
    func record(_ value: Int64) { self.observe(Double(value)) }
    func record(_ value: Double) { self.observe(value) }

    /// What is no number would spoil the sum for good: it is ignored.
    private func observe(_ value: Double) {
        guard value.isFinite else { return }
        var low = 0
        var high = self.bounds.count
        while low < high {
            let middle = (low + high) / 2
            if self.bounds[middle] < value { low = middle + 1 } else { high = middle }
        }
        self.counts.cells[low].wrappingAdd(1, ordering: .relaxed)
        self.sum.add(value)
    }

    func render(_ name: String, _ labels: String, into text: inout PrometheusText) {
        let lead = labels.isEmpty ? "" : labels + ","
        var total: Int64 = 0
        for index in 0..<self.counts.count {
            total &+= self.counts.cells[index].load(ordering: .relaxed)
            let bound = index < self.bounds.count ? PrometheusText.number(self.bounds[index]) : "+Inf"
            text.sample(name + "_bucket", lead + "le=\"\(bound)\"", total)
        }
        text.sample(name + "_sum", labels, self.sum.get())
        // The same total as the last bucket's, whatever was recorded meanwhile.
        text.sample(name + "_count", labels, total)
    }
}
