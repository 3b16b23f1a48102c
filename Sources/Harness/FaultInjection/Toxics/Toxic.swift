/// What may go wrong on a wire, with its parameters: a value that decides about each piece and about the end of a direction.
///
/// What it must remember of a direction is in a ``ToxicState``. A new kind is a file with a conforming type and a line in
/// ``ToxicKinds``. The semantics are Toxiproxy's, https://github.com/Shopify/toxiproxy#toxics.
protocol Toxic: Sendable {
    /// As in `type` of Toxiproxy's API.
    static var type: String { get }

    /// - Throws: ``ProxyError`` (400) naming the attribute that is unknown, ill-typed or out of range.
    init(attributes: AttributeReader) throws(ProxyError)

    /// All of them, with the defaults filled in.
    var attributes: [String: Int64] { get }

    /// Hands on what becomes of a piece: later, in parts, or lost.
    /// - Returns: whether anything about it changed.
    func pass(
        _ piece: Piece,
        _ state: inout ToxicState,
        _ random: inout SplitMix64,
        into pieces: inout [Piece]
    ) -> Bool

    /// No byte with `offset` bytes queued before it waits longer, in nanoseconds.
    func longestDelay(behind offset: Int) -> UInt64

    /// How, and when, it ends a connection in `state`; nil while it does not.
    func cut(_ state: ToxicState) -> Cut?

    /// Nanoseconds by which the end of a direction is held back; nil if it is never passed on.
    var endDelay: UInt64? { get }
}

extension Toxic {
    func longestDelay(behind offset: Int) -> UInt64 { 0 }
    func cut(_ state: ToxicState) -> Cut? { nil }
    var endDelay: UInt64? { 0 }
}
