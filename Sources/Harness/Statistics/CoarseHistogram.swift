/// A small distribution of times, as for one slot of a window: sixteen buckets an octave, so at most 6.25 % off.
package struct CoarseHistogram: Sendable, Equatable {
    /// Buckets up to 2³² µs (71 min).
    package static let bucketCount = 464

    package private(set) var counts: [UInt32]
    package private(set) var total: UInt64 = 0

    package init() {
        counts = [UInt32](repeating: 0, count: Self.bucketCount)
    }

    package mutating func record(microseconds: UInt64) {
        add(bucket: Self.bucket(of: microseconds), count: 1)
    }

    package mutating func add(bucket: Int, count: UInt32) {
        counts[bucket] &+= count
        total &+= UInt64(count)
    }

    package mutating func merge(_ other: CoarseHistogram) {
        for bucket in counts.indices where other.counts[bucket] > 0 {
            add(bucket: bucket, count: other.counts[bucket])
        }
    }

    /// The upper edge, in µs, of the bucket that holds this percentile (0…100); nil without samples.
    package func percentile(_ percent: Double) -> UInt64? {
        guard total > 0 else { return nil }
        let rank = max(1, UInt64((min(max(percent, 0), 100) / 100 * Double(total)).rounded(.up)))
        var seen: UInt64 = 0
        for bucket in counts.indices {
            seen += UInt64(counts[bucket])
            if seen >= rank { return Self.upperEdge(of: bucket) }
        }
        return nil
    }

    package static func bucket(of microseconds: UInt64) -> Int {
        guard microseconds >= 16 else { return Int(microseconds) }
        let capped = min(microseconds, UInt64(UInt32.max))
        let shift = 59 - capped.leadingZeroBitCount
        return (shift + 1) * 16 + Int((capped >> UInt64(shift)) & 15)
    }

    package static func upperEdge(of bucket: Int) -> UInt64 {
        guard bucket >= 16 else { return UInt64(bucket) }
        let shift = UInt64(bucket / 16 - 1)
        let lower = UInt64(16 + bucket % 16) << shift
        return lower + (1 << shift) - 1
    }
}
