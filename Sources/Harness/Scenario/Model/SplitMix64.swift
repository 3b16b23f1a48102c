/// The random generator of a virtual user: 8 bytes of state, any seed is good, and equal seeds give equal numbers on
/// every machine.
///
/// Steele, Lea and Flood, "Fast splittable pseudorandom number generators" (2014).
package struct SplitMix64: RandomNumberGenerator, Sendable {
    private var state: UInt64

    package init(seed: UInt64) {
        state = seed
    }

    /// A generator for one iteration of one user of one load: well apart from its neighbours', the same in every run with
    /// that seed.
    package init(seed: UInt64, load: Int, wave: Int, user: Int, iteration: Int) {
        var mixer = SplitMix64(seed: seed)
        mixer.mix(load)
        mixer.mix(wave)
        mixer.mix(user)
        mixer.mix(iteration)
        state = mixer.next()
    }

    private mutating func mix(_ number: Int) {
        state = next() ^ UInt64(truncatingIfNeeded: number)
    }

    package mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}
