/// Each chunk leaves `latency` ± `jitter` milliseconds after it arrived, in order; jitter is uniform, as in Toxiproxy.
///
/// Any number of chunks may be on their way at once, so pipelined commands share the delay as on a long wire.
struct LatencyToxic: Toxic {
    static let type = "latency"
    /// A day, in milliseconds.
    private static let longest: ClosedRange<Int64> = 0...86_400_000

    private let latency: Int64
    private let jitter: Int64

    init(attributes: AttributeReader) throws(ProxyError) {
        try attributes.rejectUnknown(allowed: ["latency", "jitter"])
        latency = try attributes.integer("latency", in: Self.longest, default: 0)
        jitter = try attributes.integer("jitter", in: Self.longest, default: 0)
    }

    var attributes: [String: Int64] { ["latency": latency, "jitter": jitter] }
    var longestDelay: UInt64 { UInt64(latency + jitter) * 1_000_000 }

    func delay(random: inout SplitMix64) -> UInt64 {
        guard jitter > 0 else { return UInt64(latency) * 1_000_000 }
        let spread = jitter * 1_000_000
        return UInt64(max(0, latency * 1_000_000 + Int64.random(in: -spread...spread, using: &random)))
    }
}
