/// Which HTTP statuses count as an answer that was hoped for.
package struct StatusSet: Sendable, Equatable {
    /// Each within 100…599.
    package let ranges: [ClosedRange<Int>]

    package init(_ ranges: [ClosedRange<Int>]) {
        self.ranges = ranges
    }

    /// 200…399: k6's default.
    package static let successful = StatusSet([200...399])

    package func contains(_ status: Int) -> Bool {
        ranges.contains { $0.contains(status) }
    }
}

/// What a response must be for its request not to count as failed.
package struct Expectation: Sendable, Equatable {
    package let status: StatusSet

    package init(status: StatusSet = .successful) {
        self.status = status
    }
}
