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

    /// - Throws: ``ProxyError`` (400) naming the field. Unknown fields are ignored, unknown attributes are not.
    init(_ value: JSONValue) throws(ProxyError) {
        let fields = try value.fields()
        name = try fields.string("name")
        type = try fields.string("type")
        toxicity = try fields.number("toxicity", in: 0...1)
        leaseSeconds = try fields.number("leaseSeconds", in: 0.001...Self.longestLease)
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

    /// Nothing passes in one direction, for a while.
    init(blackhole name: String, _ stream: Stream, _ leaseSeconds: Double) {
        self.name = name
        type = TimeoutToxic.type
        self.stream = stream
        attributes = ["timeout": .integer(0)]
        self.leaseSeconds = leaseSeconds
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
