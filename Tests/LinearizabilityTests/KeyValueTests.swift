import Linearizability
import Testing

@Suite("A map of texts")
struct KeyValueTests {
    /// Twelve appends at once, and then a get: with the order got first, or with one append missing.
    private func history(got: String) -> [Call<KeyValueModel.Operation>] {
        let appends = "abcdefghijkl".map { letter in
            Call(KeyValueModel.Operation(.append, key: "k", value: String(letter)), invoke: 1, return: 2)
        }
        return appends + [Call(.init(.get, key: "k", value: got), invoke: 3, return: 4)]
    }

    @Test(
        "what was got says in which order there was appended: no other order is followed",
        arguments: [
            ("lkjihgfedcba", Linearizability.linearizable), ("lkjihgfedcb", .notLinearizable),
            ("lkjihgfedcbaa", .notLinearizable), ("", .notLinearizable),
        ]
    )
    func overlapping(got: String, verdict: Linearizability) {
        let budget = Budget(steps: 50_000)
        #expect(Check(KeyValueModel()).whole(history(got: got), budget: budget, workers: 1).verdict == verdict)
    }

    @Test("a get that nobody was answered says nothing of the order")
    func unanswered() {
        let get = Call(
            KeyValueModel.Operation(.get, key: "k", value: "ba"),
            invoke: 1,
            return: 2,
            isOptional: true
        )
        let append = Call(KeyValueModel.Operation(.append, key: "k", value: "a"), invoke: 1, return: 2)
        #expect(Check(KeyValueModel()).whole([get, append], budget: Budget(), workers: 1).verdict == .linearizable)
    }
}
