/// The connection is closed once `bytes` bytes have passed in this direction; they are delivered.
struct LimitDataToxic: Toxic {
    static let type = "limit_data"

    private let bytes: Int64

    init(attributes: AttributeReader) throws(ProxyError) {
        try attributes.rejectUnknown(allowed: ["bytes"])
        bytes = try attributes.integer("bytes", in: 0...Int64.max, default: 0)
    }

    var attributes: [String: Int64] { ["bytes": bytes] }

    func pass(_ piece: Piece, _ state: inout ToxicState, _ random: inout SplitMix64, into pieces: inout [Piece]) -> Bool
    {
        let allowed = Int(min(Int64(piece.length), max(0, bytes - state.passed)))
        state.passed += Int64(piece.length)
        if allowed > 0 {
            var kept = piece
            kept.length = allowed
            pieces.append(kept)
        }
        state.hasLost = state.hasLost || allowed < piece.length
        return state.passed >= bytes
    }

    func cut(_ state: ToxicState) -> Cut? {
        state.passed >= bytes ? Cut(due: 0, delivers: true) : nil
    }
}
