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
    /// What the scenario says under `expect:`, the status among it; each is a sample of `checks`.
    package let checks: [ResponseCheck]

    package init(status: StatusSet = .successful, checks: [ResponseCheck] = []) {
        self.status = status
        self.checks = checks
    }
}

/// One thing that is expected of a response.
package struct ResponseCheck: Sendable, Equatable {
    package enum Kind: Sendable, Equatable {
        /// As ``Expectation/status`` says.
        case status
        /// Some header of this name, given in lower case, has a value that matches.
        case header(name: String, Glob)
        /// The value at the path makes the condition true.
        case json(JSONPath, Expression)
        /// The body has this text in it.
        case body(Template)
        /// From the moment the request was due to its last byte, of a stream to its first.
        case latency(Duration)
        /// So many events of a stream came in its time, at least.
        case events(Int)
        /// Each update of a stream came so soon after its change.
        case delivery(Duration)
    }
    /// Its tag in `checks`, and how reports name it: `status`, `header etag`, `json $.status`.
    package let name: String
    package let kind: Kind

    /// Whether it looks at one response, and not at a stream as a whole.
    package var isOfResponse: Bool {
        switch kind {
        case .events, .delivery: false
        default: true
        }
    }

    /// Whether it looks into the body.
    package var readsBody: Bool {
        switch kind {
        case .json, .body: true
        default: false
        }
    }
}
