/// A set of calls as 128 bits: the exclusive or of a fixed pseudo-random word for each member (Zobrist hashing).
///
/// A set of 100,000 calls is remembered in 16 bytes and changed in a few instructions. Two different sets among n are taken for one with a
/// probability of about n² / 2¹²⁹: 10⁻²⁵ for the four million that a budget allows.
struct Fingerprint: Hashable {
    private var low: UInt64 = 0
    private var high: UInt64 = 0

    /// Puts `call` in, or takes it out.
    mutating func toggle(_ call: Int) {
        low ^= Self.mix(UInt64(truncatingIfNeeded: call) &* 2 &+ 1)
        high ^= Self.mix(UInt64(truncatingIfNeeded: call) &* 2 &+ 2)
    }

    /// The set with `call` put in or taken out.
    func toggled(_ call: Int) -> Fingerprint {
        var other = self
        other.toggle(call)
        return other
    }

    /// SplitMix64's output function (Steele, Lea, Flood: "Fast splittable pseudorandom number generators", 2014).
    private static func mix(_ number: UInt64) -> UInt64 {
        var word = number &* 0x9E37_79B9_7F4A_7C15
        word = (word ^ (word >> 30)) &* 0xBF58_476D_1CE4_E5B9
        word = (word ^ (word >> 27)) &* 0x94D0_49BB_1331_11EB
        return word ^ (word >> 31)
    }
}
