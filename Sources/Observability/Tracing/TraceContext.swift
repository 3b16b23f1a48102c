/// Where a piece of work stands in a distributed trace: the trace, this hop's span, and whether the trace is recorded.
///
/// A value of it travels in ``current`` through everything that a request causes, and between processes as ``traceparent``.
package struct TraceContext: Sendable, Equatable {
    /// 32 lower-case hex digits, not all zero.
    package let traceID: String
    /// 16 lower-case hex digits, not all zero: the span of this hop.
    package let spanID: String
    /// The span that caused this one, or `nil` at the root; 16 lower-case hex digits.
    package let parentSpanID: String?
    /// The W3C `sampled` flag.
    package let sampled: Bool

    /// The context of the running task; log lines and outgoing calls take it from here.
    @TaskLocal package static var current: TraceContext?

    /// Makes a context of parts that are known to be well-formed.
    init(traceID: String, spanID: String, parentSpanID: String?, sampled: Bool) {
        self.traceID = traceID
        self.spanID = spanID
        self.parentSpanID = parentSpanID
        self.sampled = sampled
    }

    /// The root of a new trace.
    package static func fresh(sampled: Bool = true) -> TraceContext {
        TraceContext(
            traceID: TraceHex.random(digits: 32),
            spanID: TraceHex.random(digits: 16),
            parentSpanID: nil,
            sampled: sampled
        )
    }

    /// A new span in the same trace, caused by this one: for an outgoing call or a message.
    package func child() -> TraceContext {
        TraceContext(
            traceID: self.traceID,
            spanID: TraceHex.random(digits: 16),
            parentSpanID: self.spanID,
            sampled: self.sampled
        )
    }

    /// The W3C header value, `00-<trace>-<span>-<flags>`: what the next process gets.
    package var traceparent: String {
        "00-\(self.traceID)-\(self.spanID)-\(self.sampled ? "01" : "00")"
    }
}
