/// An entry of `slo:`: what must hold of a metric, in k6's grammar.
package struct Threshold: Sendable, Equatable {
    package enum Aggregate: Sendable, Hashable {
        case count, rate, value, average, minimum, maximum, median
        /// 0…100.
        case percentile(Double)
    }
    package enum Comparison: String, Sendable, CaseIterable {
        case lessOrEqual = "<="
        case greaterOrEqual = ">="
        case equal = "=="
        case unequal = "!="
        case less = "<"
        case greater = ">"

        package func holds(_ value: Double, _ limit: Double) -> Bool {
            switch self {
            case .less: value < limit
            case .lessOrEqual: value <= limit
            case .greater: value > limit
            case .greaterOrEqual: value >= limit
            case .equal: value == limit
            case .unequal: value != limit
            }
        }
    }

    /// As it stands in the file, spaces normalised: its name in reports.
    package let source: String
    package let metric: Metric
    /// Tag to value: only samples with all of these count.
    package let tags: [String: String]
    package let aggregate: Aggregate
    package let comparison: Comparison
    /// Seconds for a trend, 0…1 for a rate, else the number itself.
    package let limit: Double
    /// Judged over a sliding window of this length, not over the whole run.
    package let over: Duration?
    /// A breach ends the run at once.
    package let abort: Bool
    /// A breach before that does not end the run, as in k6.
    package let delayAbortEval: Duration
    package let position: SourcePosition

    package init(
        source: String,
        metric: Metric,
        tags: [String: String] = [:],
        aggregate: Aggregate,
        comparison: Comparison,
        limit: Double,
        over: Duration? = nil,
        abort: Bool = false,
        delayAbortEval: Duration = .zero,
        position: SourcePosition = SourcePosition(line: 1, column: 1)
    ) {
        self.source = source
        self.metric = metric
        self.tags = tags
        self.aggregate = aggregate
        self.comparison = comparison
        self.limit = limit
        self.over = over
        self.abort = abort
        self.delayAbortEval = delayAbortEval
        self.position = position
    }

    /// Whether it is about time, which a busy machine can spoil.
    package var isLatency: Bool { metric.kind == .trend }

    /// Whether a measured value (in the unit of ``limit``) keeps to it.
    package func holds(_ value: Double) -> Bool {
        comparison.holds(value, limit)
    }
}
