/// A span that has begun: exists only while its trace is recorded, and is recorded by its end.
package struct ActiveSpan: Sendable {
    /// Its own context: the parent of everything that it causes.
    package let context: TraceContext
    /// More may be learnt on the way.
    package var attributes: [SpanAttribute]
    private let tracer: Tracer
    private let name: String
    private let kind: SpanKind
    private let start: UInt64
    private let began: ContinuousClock.Instant

    init(tracer: Tracer, context: TraceContext, name: String, kind: SpanKind, attributes: [SpanAttribute]) {
        self.tracer = tracer
        self.context = context
        self.name = name
        self.kind = kind
        self.attributes = attributes
        start = SpanClock.now()
        began = .now
    }

    /// Records the span; to be called once.
    package func end(_ status: SpanStatus = .unset) {
        tracer.record(
            Span(
                context: context,
                name: name,
                kind: kind,
                start: start,
                end: SpanClock.end(of: start, after: began.duration(to: .now)),
                attributes: attributes,
                status: status
            )
        )
    }
}
