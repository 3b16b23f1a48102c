/// Each chunk arrives in slices of `average_size` ± `size_variation` bytes, `delay` microseconds apart.
struct SlicerToxic: Toxic {
    static let type = "slicer"

    private let averageSize: Int64
    private let variation: Int64
    private let pause: Int64

    init(attributes: AttributeReader) throws(ProxyError) {
        try attributes.rejectUnknown(allowed: ["average_size", "size_variation", "delay"])
        averageSize = try attributes.integer("average_size", in: 1...1_000_000_000, default: 1)
        variation = try attributes.integer("size_variation", in: 0...1_000_000_000, default: 0)
        pause = try attributes.integer("delay", in: 0...86_400_000_000, default: 0)
        guard variation < averageSize || variation == 0 else {
            throw ProxyError.badBody(
                "attributes.size_variation: \(variation) is not less than average_size, which is \(averageSize)"
            )
        }
    }

    var attributes: [String: Int64] {
        ["average_size": averageSize, "size_variation": variation, "delay": pause]
    }

    func pass(_ piece: Piece, _ state: inout ToxicState, _ random: inout SplitMix64, into pieces: inout [Piece]) -> Bool
    {
        var left = piece.length
        var slices = 0
        var due = max(piece.due, state.busyUntil)
        while left > 0 {
            let drift = variation > 0 ? Int64.random(in: -variation...variation, using: &random) : 0
            var slice = piece
            slice.length = min(left, Int(averageSize + drift))
            slice.due = due
            slice.isSealed = true
            pieces.append(slice)
            left -= slice.length
            slices += 1
            due &+= UInt64(pause) * 1_000
        }
        state.busyUntil = due
        return slices > 1
    }

    func longestDelay(behind offset: Int) -> UInt64 {
        UInt64(offset / Int(averageSize - variation) + 1) &* UInt64(pause) &* 1_000
    }
}
