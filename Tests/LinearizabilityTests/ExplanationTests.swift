import Linearizability
import Testing

@Suite("The core of a contradiction")
struct ExplanationTests {
    @Test("what is left of a seat's history is a contradiction, and every call of it is needed")
    func core() {
        let model = SeatModel(.orders)
        var contradictions = 0
        for seed in 0..<UInt64(2_000) {
            var random = Seeded(seed)
            let calls = RandomHistory.seat(&random, .orders)
            guard Check(model).part(calls, budget: Budget()).verdict == .notLinearizable else { continue }
            contradictions += 1
            // In every other history, what was refused goes first.
            let core = Explanation.core(model, calls, budget: Budget()) { seed % 2 == 0 && $0.outcome != .ok }
            #expect(!isLegal(calls, only: core), "seed \(seed): \(core) of \(calls)")
            for call in core {
                // The end of a lease goes with its grant.
                let others = core.filter { $0 != call && calls[$0].after != call }
                #expect(isLegal(calls, only: others), "seed \(seed): \(core) without \(call) of \(calls)")
            }
        }
        #expect(contradictions > 100)
    }

    /// Whether the history has a legal order when all but some calls may or may not have happened.
    private func isLegal(_ calls: [Call<SeatModel.Operation>], only core: [Int]) -> Bool {
        let left = calls.indices.map { place in
            var call = calls[place]
            if core.contains(place), call.after.map(core.contains) != false { return call }
            call.isOptional = true
            call.return = .max
            return call
        }
        return BruteForce.isLinearizable(SeatModel(.orders), left)
    }
}
