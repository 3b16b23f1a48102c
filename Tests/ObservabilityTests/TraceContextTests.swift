import Observability
import Testing

@Suite("Trace context")
struct TraceContextTests {
    static let trace = "4bf92f3577b34da6a3ce929d0e0e4736"
    static let span = "00f067aa0ba902b7"

    private func extract(_ headers: [String: String]) -> TraceContext {
        TraceContext.extract { headers[$0] }
    }

    @Test("a traceparent is read as it was sent, and written as it was read")
    func traceparentRoundTrip() throws {
        let text = "00-\(Self.trace)-\(Self.span)-01"
        let context = try #require(TraceContext(traceparent: text))
        #expect(context.traceID == Self.trace)
        #expect(context.spanID == Self.span)
        #expect(context.sampled)
        #expect(context.traceparent == text)
    }

    @Test(
        "a malformed traceparent is refused",
        arguments: [
            "", "00", "00-\(trace)-\(span)", "00-\(trace)-\(span)-01-more", "ff-\(trace)-\(span)-01",
            "00-\(trace.uppercased())-\(span)-01", "00-00000000000000000000000000000000-\(span)-01",
            "00-\(trace)-0000000000000000-01", "00-\(trace)-\(span)-0", "00-\(trace)-\(span)-zz",
            "00-\(trace)0-\(span)-01",
            "+0-\(trace)-\(span)-01", "00-\(trace)-\(span)-+1",
        ]
    )
    func malformedTraceparent(text: String) {
        #expect(TraceContext(traceparent: text) == nil)
    }

    @Test("a traceparent of a later version is read up to its flags")
    func laterVersion() throws {
        let context = try #require(TraceContext(traceparent: "cc-\(Self.trace)-\(Self.span)-00-what-the-future-brings"))
        #expect(context.traceID == Self.trace)
        #expect(!context.sampled)
    }

    @Test("an incoming trace goes on in a span of our own, whose parent is the sender's")
    func continuation() {
        let context = self.extract(["traceparent": "00-\(Self.trace)-\(Self.span)-01"])
        #expect(context.traceID == Self.trace)
        #expect(context.spanID != Self.span)
        #expect(context.parentSpanID == Self.span)
    }

    @Test(
        "B3 headers are continued, single and multi",
        arguments: [
            (["b3": "\(trace)-\(span)-1"], true),
            (["b3": "\(trace)-\(span)-d-05e3ac9a4f6e3b90"], true),
            (["b3": "\(trace)-\(span)-0"], false),
            (["b3": "\(trace)-\(span)"], true),
            (["X-B3-TraceId": trace, "X-B3-SpanId": span, "X-B3-Sampled": "1"], true),
            (["X-B3-TraceId": trace, "X-B3-SpanId": span, "X-B3-Sampled": "0"], false),
            (["X-B3-TraceId": trace.uppercased(), "X-B3-SpanId": span, "X-B3-Flags": "1"], true),
        ]
    )
    func b3(headers: [String: String], sampled: Bool) {
        let context = self.extract(headers)
        #expect(context.traceID == Self.trace)
        #expect(context.parentSpanID == Self.span)
        #expect(context.sampled == sampled)
    }

    @Test("a 64-bit B3 trace id is the low half")
    func shortB3() {
        #expect(self.extract(["b3": "\(Self.span)-\(Self.span)"]).traceID == "0000000000000000\(Self.span)")
    }

    @Test("a lone b3 of 0 begins a trace that is not recorded")
    func b3Denied() {
        let context = self.extract(["b3": "0"])
        #expect(context.traceID.utf8.count == 32)
        #expect(!context.sampled)
    }

    @Test(
        "a Trace-Id is used, as hex digits or as a UUID",
        arguments: [trace, trace.uppercased(), "4bf92f35-77b3-4da6-a3ce-929d0e0e4736"]
    )
    func plain(value: String) {
        let context = self.extract(["Trace-Id": value])
        #expect(context.traceID == Self.trace)
        #expect(context.parentSpanID == nil)
    }

    @Test("traceparent is preferred to B3, B3 to Trace-Id, and what is malformed is passed over")
    func precedence() {
        let other = String(repeating: "a", count: 32)
        let third = String(repeating: "b", count: 32)
        var headers = [
            "traceparent": "00-\(Self.trace)-\(Self.span)-01", "b3": "\(other)-\(Self.span)-1", "Trace-Id": third,
        ]
        #expect(self.extract(headers).traceID == Self.trace)
        headers["traceparent"] = "00-nonsense"
        #expect(self.extract(headers).traceID == other)
        headers["b3"] = "nonsense"
        #expect(self.extract(headers).traceID == third)
        headers["Trace-Id"] = "nonsense"
        let fresh = self.extract(headers)
        #expect(fresh.traceID.utf8.count == 32)
        #expect(![Self.trace, other, third].contains(fresh.traceID))
    }

    @Test("fresh ids are well-formed and do not repeat")
    func fresh() {
        let contexts = (0..<1000).map { _ in TraceContext.fresh() }
        #expect(Set(contexts.map(\.traceID)).count == 1000)
        #expect(contexts.allSatisfy { TraceContext(traceparent: $0.traceparent)?.traceID == $0.traceID })
    }

    @Test("a child shares the trace and names its parent")
    func child() {
        let root = TraceContext.fresh(sampled: false)
        let child = root.child()
        #expect(child.traceID == root.traceID)
        #expect(child.parentSpanID == root.spanID)
        #expect(child.spanID != root.spanID)
        #expect(!child.sampled)
    }
}
