import Linearizability
import Testing

@testable import Verification

/// Every call here is 10 ms long before and after its moment, every hold is for 30 s.
@Suite("The story of a seat says what the seat was before its illegal step")
struct SeatStoryTests {
    private func before(_ calls: [ClientSeatCall], _ log: [SeatLogEntry]) throws -> String? {
        try story(calls, log).before
    }

    private func story(_ calls: [ClientSeatCall], _ log: [SeatLogEntry]) throws -> SeatStory {
        let history = SeatHistory(calls: calls, log: log)
        let seat = SeatID("e1", "R1C1")
        let timeline = try #require(history.seats[seat])
        #expect(Check(SeatModel()).part(timeline.calls, budget: Budget()).verdict == .notLinearizable)
        return SeatStory(seat, timeline, history.facts[seat] ?? [])
    }

    private let held = logged("hold", "R1C1", by: "ann", at: 1_000, version: 1, until: 31_000)

    @Test("held by somebody else")
    func another() throws {
        let pin = logged("pin", "R1C1", by: "bob", order: "o2", at: 2_000, version: 2, until: 62_000)
        #expect(try before([hold("ann", "R1C1", at: 1_000, version: 1)], [held, pin]) == "held by ann")
    }

    @Test("who held the seat is told, not who was refused it meanwhile")
    func grants() throws {
        let second = logged("hold", "R1C1", by: "bob", at: 2_000, version: 2, until: 32_000)
        let calls = [hold("ann", "R1C1", at: 1_000, version: 1), hold("dan", "R1C1", at: 1_500, refused: .conflict)]
        #expect(try story(calls, [held, second]).lines.map(\.user) == ["ann", "bob"])
    }

    @Test("free, as the hold had lapsed")
    func lapsed() throws {
        let pin = logged("pin", "R1C1", by: "ann", order: "o1", at: 32_000, version: 3, until: 62_000)
        #expect(
            try before([hold("ann", "R1C1", at: 1_000, version: 1)], [held, pin])
                == "free: the hold of ann had ended by 00:00:31.005"
        )
    }

    @Test("free, and nobody had taken it, when a hold was refused")
    func refused() throws {
        #expect(try before([hold("bob", "R1C1", at: 500, refused: .conflict)], []) == "free: nobody had taken it")
    }

    @Test("sold, when another was granted it")
    func sold() throws {
        let log = [
            held,
            logged("pin", "R1C1", by: "ann", order: "o1", at: 1_100, version: 2, until: 61_000),
            logged("confirm", "R1C1", by: "ann", order: "o1", at: 1_200, version: 3),
            logged("hold", "R1C1", by: "bob", at: 70_000, version: 4, until: 100_000),
        ]
        #expect(try before([hold("ann", "R1C1", at: 1_000, version: 1)], log) == "sold to order o1")
    }
}
