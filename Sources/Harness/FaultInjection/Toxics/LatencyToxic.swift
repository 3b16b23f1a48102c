/// Each chunk leaves `latency` ± `jitter` milliseconds after it arrived, in order; jitter is uniform, as in Toxiproxy.
///
/// Any number of chunks may be on their way at once, so pipelined commands share the delay as on a long wire.
struct LatencyToxic: Toxic {
    static let type = "latency"

    private let latency: Int64
    private let jitter: Int64

    init(attributes: AttributeReader) throws(ProxyError) {
        try attributes.rejectUnknown(allowed: ["latency", "jitter"])
        latency = try attributes.milliseconds("latency")
        jitter = try attributes.milliseconds("jitter")
    }

    var attributes: [String: Int64] { ["latency": latency, "jitter": jitter] }

    func pass(_ piece: Piece, _ state: inout ToxicState, _ random: inout SplitMix64, into pieces: inout [Piece]) -> Bool
    {
        let delay = delay(random: &random)
        var piece = piece
        piece.due &+= delay
        pieces.append(piece)
        return delay > 0
    }

    /// Nanoseconds that the next chunk is held back.
    func delay(random: inout SplitMix64) -> UInt64 {
        guard jitter > 0 else { return UInt64(latency) * 1_000_000 }
        let spread = jitter * 1_000_000
        return UInt64(max(0, latency * 1_000_000 + Int64.random(in: -spread...spread, using: &random)))
    }

    func longestDelay(behind offset: Int) -> UInt64 { UInt64(latency + jitter) * 1_000_000 }
}
