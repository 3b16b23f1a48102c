/// Where a piece of work stands in a distributed trace: the trace, this hop's span, and whether the trace is recorded.
///
/// A value of it travels in ``current`` through everything that a request causes, and between processes as ``traceparent``. The ids
/// are kept as numbers, so that a request that nobody traces pays for no text.
package struct TraceContext: Sendable, Equatable {
    /// The ids as numbers; neither the trace nor the span is zero, and a zero parent means that there is none.
    let traceHigh: UInt64
    let traceLow: UInt64
    let span: UInt64
    let parent: UInt64
    /// The W3C `sampled` flag.
    package let sampled: Bool

    /// The context of the running task; log lines and outgoing calls take it from here.
    @TaskLocal package static var current: TraceContext?

    /// Makes a context of parts that are known to be well-formed.
    init(trace: (high: UInt64, low: UInt64), span: UInt64, parent: UInt64 = 0, sampled: Bool) {
        traceHigh = trace.high
        traceLow = trace.low
        self.span = span
        self.parent = parent
        self.sampled = sampled
    }

    /// The root of a new trace.
    package static func fresh(sampled: Bool = true) -> TraceContext {
        TraceContext(trace: (TraceIDs.next(), TraceIDs.next()), span: TraceIDs.next(), sampled: sampled)
    }

    /// A new span in the same trace, caused by this one: for an outgoing call or a message.
    package func child() -> TraceContext {
        TraceContext(trace: (traceHigh, traceLow), span: TraceIDs.next(), parent: span, sampled: sampled)
    }

    /// 32 lower-case hex digits, not all zero.
    package var traceID: String { TraceHex.text(traceHigh, traceLow) }

    /// 16 lower-case hex digits, not all zero: the span of this hop.
    package var spanID: String { TraceHex.text(span) }

    /// The span that caused this one, or `nil` at the root; 16 lower-case hex digits.
    package var parentSpanID: String? { parent == 0 ? nil : TraceHex.text(parent) }

    /// The W3C header value, `00-<trace>-<span>-<flags>`: what the next process gets.
    package var traceparent: String {
        String(unsafeUninitializedCapacity: 55) { buffer in
            buffer[0] = UInt8(ascii: "0")
            buffer[1] = UInt8(ascii: "0")
            buffer[2] = UInt8(ascii: "-")
            TraceHex.write(traceHigh, to: buffer, at: 3)
            TraceHex.write(traceLow, to: buffer, at: 19)
            buffer[35] = UInt8(ascii: "-")
            TraceHex.write(span, to: buffer, at: 36)
            buffer[52] = UInt8(ascii: "-")
            buffer[53] = UInt8(ascii: "0")
            buffer[54] = sampled ? UInt8(ascii: "1") : UInt8(ascii: "0")
            return 55
        }
    }
}
