/// What ended within one slot of a timeline.
package struct TimelineSlot: Sendable, Equatable {
    /// The first second of the slot, since the start of the run.
    package let second: Int
    package var count: UInt64
    package var failed: UInt64
    package var latency: [TimelineBucket]

    /// The response time in µs that `percent` (0…100) of the slot's requests do not exceed, within 6.25 %.
    package func percentile(_ percent: Double) -> UInt64? {
        dense.percentile(percent)
    }

    var dense: CoarseHistogram {
        var histogram = CoarseHistogram()
        for bucket in latency { histogram.add(bucket: Int(bucket.index), count: bucket.count) }
        return histogram
    }
}

/// A bucket of ``CoarseHistogram`` that is not empty.
package struct TimelineBucket: Sendable, Equatable {
    package let index: UInt16
    package let count: UInt32
}
