/// The end of a direction is passed on `delay` milliseconds late.
struct SlowCloseToxic: Toxic {
    static let type = "slow_close"

    private let delay: Int64

    init(attributes: AttributeReader) throws(ProxyError) {
        try attributes.rejectUnknown(allowed: ["delay"])
        delay = try attributes.milliseconds("delay")
    }

    var attributes: [String: Int64] { ["delay": delay] }
    var endDelay: UInt64? { UInt64(delay) * 1_000_000 }

    func pass(_ piece: Piece, _ state: inout ToxicState, _ random: inout SplitMix64, into pieces: inout [Piece]) -> Bool
    {
        pieces.append(piece)
        return false
    }
}
