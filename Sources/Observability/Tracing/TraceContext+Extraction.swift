extension TraceContext {
    /// Reads a W3C `traceparent` value exactly as it was sent: ``spanID`` is the sender's.
    ///
    /// Follows <https://www.w3.org/TR/trace-context/#traceparent-header>: lower-case hex only, version `ff` and all-zero ids
    /// are invalid, version `00` ends after the flags, later versions may go on after another dash.
    package init?(traceparent: String) {
        // By position, since everything up to the flags has a fixed length: 2, 32, 16 and 2 digits between dashes.
        let text = traceparent[...].utf8
        let dash = UInt8(ascii: "-")
        func part(_ offset: Int, _ length: Int) -> Substring.UTF8View { text.dropFirst(offset).prefix(length) }
        guard
            text.count >= 55,
            let version = TraceHex.byte(part(0, 2)), version != 0xFF,
            version != 0 || text.count == 55,
            text.count == 55 || part(55, 1).first == dash,
            part(2, 1).first == dash, part(35, 1).first == dash, part(52, 1).first == dash,
            let trace = TraceHex.trace(part(3, 32), strict: true),
            let span = TraceHex.word(part(36, 16), strict: true), span != 0,
            let flags = TraceHex.byte(part(53, 2))
        else { return nil }
        self.init(trace: trace, span: span, sampled: flags & 1 == 1)
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
        if let value = header("Trace-Id"), let trace = Self.plainTraceID(value) {
            return TraceContext(trace: trace, span: TraceIDs.next(), sampled: true)
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
            let trace = Self.b3TraceID(parts[0]),
            let span = TraceHex.word(parts[1].utf8, strict: false), span != 0
        else { return nil }
        let sampled = parts.count < 3 || parts[2] != "0"
        return TraceContext(trace: trace, span: span, sampled: sampled).child()
    }

    private static func fromMultipleB3(header: (String) -> String?) -> TraceContext? {
        guard
            let trace = header("X-B3-TraceId"),
            let span = header("X-B3-SpanId"),
            let traceID = Self.b3TraceID(trace[...]),
            let spanID = TraceHex.word(span[...].utf8, strict: false), spanID != 0
        else { return nil }
        let decision = header("X-B3-Sampled")
        let sampled = header("X-B3-Flags") == "1" || (decision != "0" && decision != "false")
        return TraceContext(trace: traceID, span: spanID, sampled: sampled).child()
    }

    /// B3 allows 64-bit trace ids: they are the low half.
    private static func b3TraceID(_ text: Substring) -> (high: UInt64, low: UInt64)? {
        if let low = TraceHex.word(text.utf8, strict: false) {
            return low == 0 ? nil : (0, low)
        }
        return TraceHex.trace(text.utf8, strict: false)
    }

    private static func plainTraceID(_ value: String) -> (high: UInt64, low: UInt64)? {
        let dashes = value.utf8.lazy.filter { $0 == UInt8(ascii: "-") }.count
        guard dashes > 0 else { return TraceHex.trace(value[...].utf8, strict: false) }
        guard dashes == 4, value.utf8.count == 36 else { return nil }
        return TraceHex.trace(value.filter { $0 != "-" }[...].utf8, strict: false)
    }
}
