/// A toxic as it was asked for.
struct ToxicDefinition: Sendable {
    let name: String
    let stream: Stream
    /// Share of connections that it hits, 0…1.
    var toxicity: Double
    var toxic: any Toxic

    var type: String { Swift.type(of: toxic).type }
}
