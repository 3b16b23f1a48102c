/// What is wanted of an `ExportTraceServiceRequest` in OTLP's JSON; what is not named here is ignored, as the specification asks.
struct OTLPBody: Decodable, Sendable {
    struct ResourceSpans: Decodable, Sendable {
        var resource: Resource
        var scopeSpans: [ScopeSpans]
    }
    struct Resource: Decodable, Sendable {
        var attributes: [Attribute]
    }
    struct ScopeSpans: Decodable, Sendable {
        var spans: [Span]
    }
    struct Attribute: Decodable, Sendable {
        var key: String
        var value: Value
    }
    struct Value: Decodable, Sendable {
        var stringValue: String?
    }
    struct Span: Decodable, Sendable {
        enum CodingKeys: String, CodingKey {
            case traceId, spanId, parentSpanId, name, kind, attributes
        }
        var traceId: String
        var spanId: String
        var parentSpanId: String?
        var name: String
        var kind: Int
        /// Of what sends or processes a message; those of others are not asked for, as reading them is most of the work.
        var attributes: [Attribute] = []

        init(from decoder: any Decoder) throws {
            let fields = try decoder.container(keyedBy: CodingKeys.self)
            traceId = try fields.decode(String.self, forKey: .traceId)
            spanId = try fields.decode(String.self, forKey: .spanId)
            parentSpanId = try fields.decodeIfPresent(String.self, forKey: .parentSpanId)
            name = try fields.decode(String.self, forKey: .name)
            kind = try fields.decode(Int.self, forKey: .kind)
            guard kind == OTLPBody.producer || kind == OTLPBody.consumer else { return }
            attributes = try fields.decodeIfPresent([Attribute].self, forKey: .attributes) ?? []
        }
    }
    /// Span kinds of OTLP.
    static let producer = 4
    static let consumer = 5

    var resourceSpans: [ResourceSpans]
}
