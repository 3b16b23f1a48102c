/// The toxic types that can be asked for, by their names in the API.
enum ToxicKinds {
    static let available: [any Toxic.Type] = [
        LatencyToxic.self, BandwidthToxic.self, SlowCloseToxic.self, TimeoutToxic.self, ResetPeerToxic.self,
        SlicerToxic.self, LimitDataToxic.self,
    ]

    /// - Throws: ``ProxyError`` (400) for an unknown type or bad attributes.
    static func make(type: String, attributes: [String: JSONValue]) throws(ProxyError) -> any Toxic {
        guard let kind = available.first(where: { $0.type == type }) else {
            let names = available.map { $0.type }.joined(separator: ", ")
            throw ProxyError(.badRequest, "invalid toxic type: \"\(type)\"; available: \(names)")
        }
        return try kind.init(attributes: AttributeReader(type: type, attributes: attributes))
    }
}
