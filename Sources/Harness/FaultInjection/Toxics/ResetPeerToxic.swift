/// Both peers get a RST `timeout` milliseconds after this began, on connections that are already open too; nothing gets through
/// until then.
struct ResetPeerToxic: Toxic {
    static let type = "reset_peer"

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
        Cut(due: state.since &+ UInt64(timeout) * 1_000_000, resets: true)
    }
}
