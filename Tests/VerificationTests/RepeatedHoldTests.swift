import Linearizability
import Testing

@testable import Verification

@Suite("A hold that its holder asks for again")
struct RepeatedHoldTests {
    /// Ann's first hold, of which she never heard, and what she is told when she asks again at 2 s.
    private var calls: [ClientSeatCall] {
        var lost = hold("ann", "R1C1", at: 1_000)
        lost.isOptional = true
        lost.deadline = nil
        var again = hold("ann", "R1C1", at: 2_000, version: 1)
        again.deadline = 31_000_000
        return [lost, again]
    }
    private let log = [logged("hold", "R1C1", by: "ann", at: 1_000, version: 1, until: 31_000)]

    private func verdict(_ calls: [ClientSeatCall]) -> Linearizability? {
        SeatHistory(calls: calls, log: log).seats.values.first.map {
            Check(SeatModel()).part($0.calls, budget: Budget()).verdict
        }
    }

    @Test("began when the first was made: who was refused meanwhile was refused rightly")
    func refusedMeanwhile() {
        #expect(verdict(calls + [hold("bob", "R1C1", at: 1_500, refused: .conflict)]) == .linearizable)
    }

    @Test("did not begin before: who was refused earlier was refused wrongly")
    func refusedBefore() {
        #expect(verdict(calls + [hold("bob", "R1C1", at: 500, refused: .conflict)]) == .notLinearizable)
    }
}
