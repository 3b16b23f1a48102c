import Scenario

/// A metric under one set of tags.
package struct SeriesKey: Hashable, Sendable {
    package let metric: Metric
    package let tags: Tags
}
