/// What may go wrong on a wire, with its parameters: a value that decides about each chunk.
///
/// A new kind is a file with a conforming type and a line in ``ToxicKinds``.
protocol Toxic: Sendable {
    /// As in `type` of Toxiproxy's API.
    static var type: String { get }

    /// - Throws: ``ProxyError`` (400) naming the attribute that is unknown, ill-typed or out of range.
    init(attributes: AttributeReader) throws(ProxyError)

    /// All of them, with the defaults filled in.
    var attributes: [String: Int64] { get }

    /// Nanoseconds that this chunk is to be held back.
    func delay(random: inout SplitMix64) -> UInt64

    /// No delay is longer, in nanoseconds.
    var longestDelay: UInt64 { get }
}
