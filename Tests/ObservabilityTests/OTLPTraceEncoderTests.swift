import Observability
import Testing

@Suite("OTLP JSON")
struct OTLPTraceEncoderTests {
    @Test("a batch is an ExportTraceServiceRequest: hex ids, numbers for enums, strings for 64-bit integers")
    func exact() throws {
        let root = try #require(TraceContext(traceparent: "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"))
        let spans = [
            Span(
                context: root,
                name: "POST /api/orders",
                kind: .server,
                start: 1_700_000_000_000_000_001,
                end: 1_700_000_000_000_000_002,
                attributes: [
                    SpanAttribute("http.response.status_code", 201), SpanAttribute("text", "a \"b\" \\ \n é"),
                    SpanAttribute("truth", true),
                ]
            ),
            Span(context: root, name: "saga", kind: .internal, start: 1, end: 2, status: .error("no")),
        ]
        let json = OTLPTraceEncoder(resource: [SpanAttribute("service.name", "order")], scope: "test").encode(spans)
        let expected = #"""
            {"resourceSpans":[{"resource":{"attributes":[{"key":"service.name","value":{"stringValue":"order"}}]},
            "scopeSpans":[{"scope":{"name":"test"},"spans":[
            {"traceId":"0af7651916cd43dd8448eb211c80319c","spanId":"b7ad6b7169203331","name":"POST /api/orders","kind":2,
            "startTimeUnixNano":"1700000000000000001","endTimeUnixNano":"1700000000000000002","attributes":[
            {"key":"http.response.status_code","value":{"intValue":"201"}},
            {"key":"text","value":{"stringValue":"a \"b\" \\ \u000a é"}},
            {"key":"truth","value":{"boolValue":true}}],"status":{}},
            {"traceId":"0af7651916cd43dd8448eb211c80319c","spanId":"b7ad6b7169203331","name":"saga","kind":1,
            "startTimeUnixNano":"1","endTimeUnixNano":"2","attributes":[],"status":{"code":2,"message":"no"}}]}]}]}
            """#.replacing("\n", with: "")
        #expect(String(decoding: json, as: UTF8.self) == expected)
    }

    @Test("a child names its parent, and kinds are OTLP's numbers")
    func parents() {
        let parent = TraceContext.fresh()
        let child = parent.child()
        let encoder = OTLPTraceEncoder(resource: [])
        func json(_ kind: SpanKind) -> String {
            let span = Span(context: child, name: "x", kind: kind, start: 0, end: 0)
            return String(decoding: encoder.encode([span]), as: UTF8.self)
        }
        let ids = #""traceId":"\#(parent.traceID)","spanId":"\#(child.spanID)","parentSpanId":"\#(parent.spanID)""#
        #expect(json(.server).contains(ids))
        for (kind, number) in [
            (SpanKind.internal, 1), (.server, 2), (.client, 3), (.producer, 4), (.consumer, 5),
        ] {
            #expect(json(kind).contains(#""kind":\#(number),"#))
        }
    }
}
