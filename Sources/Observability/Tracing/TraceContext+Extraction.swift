extension TraceContext {
    /// Reads a W3C `traceparent` value exactly as it was sent: ``spanID`` is the sender's.
    ///
    /// Follows <https://www.w3.org/TR/trace-context/#traceparent-header>: lower-case hex only, version `ff` and all-zero ids
    /// are invalid, version `00` ends after the flags, later versions may go on after another dash.
    package init?(traceparent: String) {
        let parts = traceparent.split(separator: "-", maxSplits: 4, omittingEmptySubsequences: false)
        guard
            parts.count >= 4,
            let version = TraceHex.byte(parts[0]), version != 0xFF,
            version != 0 || parts.count == 4,
            let traceID = TraceHex.identifier(parts[1], digits: 32, strict: true),
            let spanID = TraceHex.identifier(parts[2], digits: 16, strict: true),
            let flags = TraceHex.byte(parts[3])
        else { return nil }
        self.init(traceID: traceID, spanID: spanID, parentSpanID: nil, sampled: flags & 1 == 1)
    }

    /// The context in which to handle an incoming request or message: this hop's own span, in the sender's trace.
    ///
    /// Tried in this order, malformed values being passed over: `traceparent`; `b3`; `X-B3-TraceId` and its siblings;
    /// `Trace-Id` (32 hex digits, or a UUID); a new trace.
    ///
    /// - Parameter header: the value of the header of this name, written as here or in whatever case the carrier ignores.
    /// - Returns: a context, always.
    package static func extract(header: (String) -> String?) -> TraceContext {
        if let value = header("traceparent"), let remote = TraceContext(traceparent: value) {
            return remote.child()
        }
        if let value = header("b3"), let context = Self.fromSingleB3(value) {
            return context
        }
        if let context = Self.fromMultipleB3(header: header) {
            return context
        }
        if let value = header("Trace-Id"), let traceID = Self.plainTraceID(value) {
            return TraceContext(
                traceID: traceID,
                spanID: TraceHex.random(digits: 16),
                parentSpanID: nil,
                sampled: true
            )
        }
        return .fresh()
    }

    /// `{trace}-{span}[-{sampling}[-{parent}]]`, or the sampling state alone.
    private static func fromSingleB3(_ value: String) -> TraceContext? {
        let parts = value.split(separator: "-", omittingEmptySubsequences: false)
        if parts.count == 1 {
            // Only a decision: the trace begins here, and is not recorded.
            return value == "0" ? .fresh(sampled: false) : nil
        }
        guard
            (2...4).contains(parts.count),
            let traceID = Self.b3TraceID(parts[0]),
            let spanID = TraceHex.identifier(parts[1], digits: 16, strict: false)
        else { return nil }
        let sampled = parts.count < 3 || parts[2] != "0"
        return TraceContext(traceID: traceID, spanID: spanID, parentSpanID: nil, sampled: sampled).child()
    }

    private static func fromMultipleB3(header: (String) -> String?) -> TraceContext? {
        guard
            let trace = header("X-B3-TraceId"),
            let span = header("X-B3-SpanId"),
            let traceID = Self.b3TraceID(trace[...]),
            let spanID = TraceHex.identifier(span[...], digits: 16, strict: false)
        else { return nil }
        let decision = header("X-B3-Sampled")
        let sampled = header("X-B3-Flags") == "1" || (decision != "0" && decision != "false")
        return TraceContext(traceID: traceID, spanID: spanID, parentSpanID: nil, sampled: sampled).child()
    }

    /// B3 allows 64-bit trace ids: they are the low half.
    private static func b3TraceID(_ text: Substring) -> String? {
        if let low = TraceHex.identifier(text, digits: 16, strict: false) {
            return String(repeating: "0", count: 16) + low
        }
        return TraceHex.identifier(text, digits: 32, strict: false)
    }

    private static func plainTraceID(_ value: String) -> String? {
        let dashes = value.utf8.lazy.filter { $0 == UInt8(ascii: "-") }.count
        guard dashes == 0 || (dashes == 4 && value.utf8.count == 36) else { return nil }
        return TraceHex.identifier(value.filter { $0 != "-" }[...], digits: 32, strict: false)
    }
}
