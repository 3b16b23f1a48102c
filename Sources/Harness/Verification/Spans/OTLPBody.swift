/// What is wanted of an `ExportTraceServiceRequest` in OTLP's JSON; what is not named here is ignored, as the specification asks.
struct OTLPBody: Decodable {
    struct ResourceSpans: Decodable {
        var resource: Resource
        var scopeSpans: [ScopeSpans]
    }
    struct Resource: Decodable {
        var attributes: [Attribute]
    }
    struct ScopeSpans: Decodable {
        var spans: [Span]
    }
    struct Attribute: Decodable {
        var key: String
        var value: Value
    }
    struct Value: Decodable {
        var stringValue: String?
    }
    struct Span: Decodable {
        var traceId: String
        var spanId: String
        var parentSpanId: String?
        var name: String
        var kind: Int
        var attributes: [Attribute]?
    }
    var resourceSpans: [ResourceSpans]
}
