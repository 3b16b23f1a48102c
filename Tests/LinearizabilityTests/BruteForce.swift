import Linearizability

/// The definition of linearizability, written down: every order is tried, nothing is remembered, nothing is skipped.
enum BruteForce {
    static func isLinearizable<Model: SequentialModel>(_ model: Model, _ calls: [Call<Model.Operation>]) -> Bool {
        var isPlaced = [Bool](repeating: false, count: calls.count)
        func go(_ state: Model.State) -> Bool {
            let left = calls.indices.filter { !isPlaced[$0] }
            if left.allSatisfy({ calls[$0].isOptional }) { return true }
            for call in left {
                if left.contains(where: { calls[$0].return < calls[call].invoke }) { continue }
                if let first = calls[call].after, !isPlaced[first] { continue }
                guard let next = model.step(state, calls[call].operation) else { continue }
                isPlaced[call] = true
                if go(next) { return true }
                isPlaced[call] = false
            }
            return false
        }
        return go(model.initial)
    }
}

/// SplitMix64: the same histories for the same seed, everywhere.
struct Seeded: RandomNumberGenerator {
    private var state: UInt64

    init(_ seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var word = state
        word = (word ^ (word >> 30)) &* 0xBF58_476D_1CE4_E5B9
        word = (word ^ (word >> 27)) &* 0x94D0_49BB_1331_11EB
        return word ^ (word >> 31)
    }
}
