/// A bucket of ``CoarseHistogram`` that is not empty.
struct HistogramBucket: Sendable, Equatable {
    let index: UInt16
    let count: UInt32
}
