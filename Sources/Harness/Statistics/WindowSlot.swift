/// What a threshold's metric came to within one slot of its window: enough for every aggregate.
struct WindowSlot: Sendable, Equatable {
    /// Samples, or calls of a counter.
    private(set) var count: UInt64 = 0
    /// Of the samples, in the metric's own unit: µs, or what a counter was raised by; of a rate, those that were "yes".
    private(set) var sum: UInt64 = 0
    private(set) var minimum = UInt64.max
    private(set) var maximum: UInt64 = 0
    private(set) var gauge = Gauge()
    /// Buckets of ``CoarseHistogram`` that are not empty, in rising order.
    private(set) var buckets: [HistogramBucket] = []

    mutating func record(microseconds: UInt64) {
        add(microseconds)
        add(HistogramBucket(index: UInt16(CoarseHistogram.bucket(of: microseconds)), count: 1))
    }

    mutating func add(_ amount: UInt64) {
        count += 1
        sum &+= amount
        minimum = min(minimum, amount)
        maximum = max(maximum, amount)
    }

    mutating func set(_ value: Double) {
        count += 1
        gauge.set(value)
    }

    /// Adds what another thread measured at the same time.
    mutating func merge(_ other: WindowSlot) {
        absorb(other)
        gauge.merge(other.gauge)
    }

    /// Adds what came after.
    mutating func append(_ later: WindowSlot) {
        absorb(later)
        gauge.append(later.gauge)
    }

    private mutating func absorb(_ other: WindowSlot) {
        count += other.count
        sum &+= other.sum
        minimum = min(minimum, other.minimum)
        maximum = max(maximum, other.maximum)
        for bucket in other.buckets { add(bucket) }
    }

    private mutating func add(_ bucket: HistogramBucket) {
        var low = 0
        var high = buckets.count
        while low < high {
            let middle = (low + high) / 2
            if buckets[middle].index < bucket.index { low = middle + 1 } else { high = middle }
        }
        if low < buckets.count, buckets[low].index == bucket.index {
            buckets[low] = HistogramBucket(index: bucket.index, count: buckets[low].count &+ bucket.count)
        } else {
            buckets.insert(bucket, at: low)
        }
    }

    /// The time in µs that `percent` (0…100) of the samples do not exceed, within 6.25 %.
    func percentile(_ percent: Double) -> UInt64? {
        var histogram = CoarseHistogram()
        for bucket in buckets { histogram.add(bucket: Int(bucket.index), count: bucket.count) }
        return histogram.percentile(percent).map { min($0, maximum) }
    }
}
