/// No byte gets through, and the connection is closed `timeout` milliseconds after this began; 0 leaves it open.
///
/// Unlike in Toxiproxy, bytes that arrive meanwhile do not put the end off.
struct TimeoutToxic: Toxic {
    static let type = "timeout"

    private let timeout: Int64

    init(attributes: AttributeReader) throws(ProxyError) {
        try attributes.rejectUnknown(allowed: ["timeout"])
        timeout = try attributes.milliseconds("timeout")
    }

    var attributes: [String: Int64] { ["timeout": timeout] }
    var endDelay: UInt64? { nil }

    func pass(_ piece: Piece, _ state: inout ToxicState, _ random: inout SplitMix64, into pieces: inout [Piece]) -> Bool
    {
        state.hasLost = true
        return true
    }

    func cut(_ state: ToxicState) -> Cut? {
        timeout > 0 ? Cut(due: state.since &+ UInt64(timeout) * 1_000_000) : nil
    }
}
