/// The body that creates or updates a toxic: what is nil was left out.
struct ToxicInput: Sendable {
    /// A day, in seconds.
    static let longestLease = 86_400.0

    var name: String?
    var type: String?
    var stream: Stream?
    var toxicity: Double?
    var attributes: [String: JSONValue]
    var leaseSeconds: Double?
    /// What the draw of its connections comes from; nil: the relay's own and the names.
    var seed: UInt64?

    /// - Throws: ``ProxyError`` (400) naming the field. Unknown fields are ignored, unknown attributes are not.
    init(_ value: JSONValue) throws(ProxyError) {
        let fields = try value.fields()
        name = try fields.string("name")
        type = try fields.string("type")
        toxicity = try fields.number("toxicity", in: 0...1)
        leaseSeconds = try fields.number("leaseSeconds", in: 0.001...Self.longestLease)
        seed = try fields.integer("seed", in: 0...Int64.max).map { UInt64($0) }
        attributes = try fields.object("attributes") ?? [:]
        if let text = try fields.string("stream") {
            guard let stream = Stream(rawValue: text.lowercased()) else {
                throw ProxyError(.badRequest, "stream was invalid, can be either upstream or downstream: \"\(text)\"")
            }
            self.stream = stream
        }
        if let name, name.utf8.count > 255 {
            throw ProxyError.badBody("name: longer than 255 bytes")
        }
    }

    /// The toxic that it asks for, with Toxiproxy's defaults.
    func definition() throws(ProxyError) -> ToxicDefinition {
        guard let type else { throw ProxyError.missing("type") }
        let stream = stream ?? .downstream
        return ToxicDefinition(
            name: name ?? "\(type)_\(stream.rawValue)",
            stream: stream,
            toxicity: toxicity ?? 1,
            toxic: try ToxicKinds.make(type: type, attributes: attributes)
        )
    }
}
