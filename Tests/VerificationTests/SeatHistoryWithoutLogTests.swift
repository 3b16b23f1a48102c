import Linearizability
import Testing

@testable import Verification

@Suite("A seat's history by the clients alone")
struct SeatHistoryWithoutLogTests {
    private let seat = SeatID("e1", "R1C1")
    private let granted = hold("ann", "R1C1", at: 1_000, version: 1)

    private func history(_ calls: [ClientSeatCall], ordered: Bool) -> SeatHistory {
        let order = ClientSeatOrder(
            seats: [seat],
            user: "ann",
            invoke: 2_000_000,
            return: 2_010_000,
            status: 201,
            index: 1
        )
        return SeatHistory(calls: calls, log: nil, asked: ordered ? [order] : [])
    }

    private func verdict(_ calls: [ClientSeatCall], ordered: Bool) -> Linearizability? {
        history(calls, ordered: ordered).seats[seat].map {
            Check(SeatModel()).part($0.calls, budget: Budget()).verdict
        }
    }

    @Test("what is refused after the lease may have been sold, if it was ordered")
    func sold() {
        let late = hold("bob", "R1C1", at: 40_000, refused: .conflict)
        #expect(verdict([granted, late], ordered: true) == .linearizable)
        #expect(verdict([granted, late], ordered: false) == .notLinearizable)
    }

    @Test("what is granted to another within the lease may have been given back by an order that was cancelled")
    func cancelled() {
        let other = hold("bob", "R1C1", at: 5_000, version: 4)
        #expect(verdict([granted, other], ordered: true) == .linearizable)
        #expect(verdict([granted, other], ordered: false) == .notLinearizable)
    }

    @Test("an order explains nothing that was before it")
    func before() {
        #expect(verdict([granted, hold("bob", "R1C1", at: 1_500, version: 2)], ordered: true) == .notLinearizable)
    }

    @Test("versions of two epochs say that the event was lost or reset in between")
    func epochs() {
        var later = hold("bob", "R1C1", at: 5_000, version: 0)
        later.version = 2 << 32 + 1
        #expect(history([granted, later], ordered: false).losses == ["e1": .min])
        #expect(history([granted], ordered: false).losses.isEmpty)
    }
}
