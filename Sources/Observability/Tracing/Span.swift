/// One finished piece of work of a trace, in OpenTelemetry's terms.
package struct Span: Sendable, Equatable {
    /// The trace, the span's own id, and its parent's.
    package var context: TraceContext
    /// What was done, with few different values: a route, a script, a topic; no ids.
    package var name: String
    package var kind: SpanKind
    /// Nanoseconds since 1970.
    package var start: UInt64
    /// Nanoseconds since 1970.
    package var end: UInt64
    package var attributes: [SpanAttribute]
    package var status: SpanStatus

    /// Makes a span of its parts.
    package init(
        context: TraceContext,
        name: String,
        kind: SpanKind,
        start: UInt64,
        end: UInt64,
        attributes: [SpanAttribute] = [],
        status: SpanStatus = .unset
    ) {
        self.context = context
        self.name = name
        self.kind = kind
        self.start = start
        self.end = end
        self.attributes = attributes
        self.status = status
    }
}

/// Which side of what a span is; the raw values are OTLP's.
package enum SpanKind: Int, Sendable {
    case `internal` = 1
    case server, client, producer, consumer
}

/// How a span ended.
package enum SpanStatus: Sendable, Equatable {
    /// As expected; OpenTelemetry leaves `ok` to the people who run a service.
    case unset
    /// With this error.
    case error(String)

    /// The error's description, cut to a length that a span can carry.
    package static func failed(_ error: any Error) -> SpanStatus {
        .error(String("\(error)".prefix(500)))
    }
}
