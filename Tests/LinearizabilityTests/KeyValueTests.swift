import Linearizability
import Testing

@Suite("A map of texts")
struct KeyValueTests {
    /// Twelve appends at once, two of them equal, and then a get.
    private func history(got: String) -> [Call<KeyValueModel.Operation>] {
        let appends = "aabcdefghijk".map { letter in
            Call(KeyValueModel.Operation(.append, key: "k", value: String(letter)), invoke: 1, return: 2)
        }
        return appends + [Call(.init(.get, key: "k", value: got), invoke: 3, return: 4)]
    }

    @Test(
        "what was got says in which order there was appended: no other order is followed",
        arguments: [
            ("kjihgfedcbaa", Linearizability.linearizable), ("kjihgfedcba", .notLinearizable),
            ("kjihgfedcbaaa", .notLinearizable), ("", .notLinearizable),
        ]
    )
    func overlapping(got: String, verdict: Linearizability) {
        let budget = Budget(steps: 50_000)
        #expect(Check(KeyValueModel()).whole(history(got: got), budget: budget, workers: 1).verdict == verdict)
    }

    /// Thirty puts and thirty appends at once, while somebody got `p3.a7.`; a get when all had returned.
    private func crowd(got: String) -> [Call<KeyValueModel.Operation>] {
        let changes = (0..<30).flatMap { number in
            [(KeyValueModel.Operation.Action.put, "p\(number)."), (.append, "a\(number).")].map {
                Call(KeyValueModel.Operation($0, key: "k", value: $1), invoke: 1, return: 8)
            }
        }
        let gets = [
            Call(KeyValueModel.Operation(.get, key: "k", value: "p3.a7."), invoke: 2, return: 7),
            Call(KeyValueModel.Operation(.get, key: "k", value: got), invoke: 9, return: 10),
        ]
        return changes + gets
    }

    @Test(
        "what was got says who wrote each piece: however many write at once, there is nothing to search",
        arguments: [
            ("p3.a7.", Linearizability.linearizable), ("p3.a7.a8.", .linearizable), ("p4.", .linearizable),
            ("p4.a7.", .notLinearizable), ("p3.a8.", .notLinearizable), ("a7.", .notLinearizable),
            ("p4.p5.", .notLinearizable), ("p4.a8", .notLinearizable), ("", .notLinearizable),
        ]
    )
    func crowded(got: String, verdict: Linearizability) {
        let budget = Budget(steps: 50_000)
        #expect(Check(KeyValueModel()).whole(crowd(got: got), budget: budget, workers: 1).verdict == verdict)
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
