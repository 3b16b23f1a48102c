/// A wire that carries `rate` KB/s, 1 KB being 1,000 bytes; 0 is no limit, as in Toxiproxy.
struct BandwidthToxic: Toxic {
    static let type = "bandwidth"
    /// Pieces of 50 ms keep the flow even.
    private static let piecesPerSecond: Int64 = 20

    private let rate: Int64

    init(attributes: AttributeReader) throws(ProxyError) {
        try attributes.rejectUnknown(allowed: ["rate"])
        rate = try attributes.integer("rate", in: 0...10_000_000, default: 0)
    }

    var attributes: [String: Int64] { ["rate": rate] }

    func pass(_ piece: Piece, _ state: inout ToxicState, _ random: inout SplitMix64, into pieces: inout [Piece]) -> Bool
    {
        guard rate > 0 else {
            pieces.append(piece)
            return false
        }
        let size = Int(max(1, rate * 1_000 / Self.piecesPerSecond))
        var left = piece.length
        while left > 0 {
            var part = piece
            part.length = min(size, left)
            left -= part.length
            state.busyUntil = max(state.busyUntil, piece.due) &+ carrying(part.length)
            part.due = state.busyUntil
            pieces.append(part)
        }
        return true
    }

    func longestDelay(behind offset: Int) -> UInt64 { rate > 0 ? carrying(offset) : 0 }

    /// Nanoseconds on the wire.
    private func carrying(_ bytes: Int) -> UInt64 { UInt64(bytes) * 1_000_000 / UInt64(rate) }
}
