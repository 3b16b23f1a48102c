import Contract
import Testing

@testable import Verification

/// A sequence of grants at one seat and what one user did in between.
struct LeaseCase: Sendable, CustomTestStringConvertible {
    var testDescription: String
    var second: Int64
    var touch: ClientEvidence.Touch.Kind?
    var at: Double = 0
    var verdict: Verdict
}

private let cases = [
    LeaseCase(testDescription: "after the first lease ended", second: 11_000, verdict: .holds),
    LeaseCase(testDescription: "a millisecond before it ended", second: 10_999, verdict: .violated),
    LeaseCase(testDescription: "after the holder released", second: 5_000, touch: .mayEnd, at: 4_000, verdict: .holds),
    LeaseCase(
        testDescription: "before the holder released",
        second: 3_900,
        touch: .mayEnd,
        at: 4_000,
        verdict: .violated
    ),
    LeaseCase(
        testDescription: "after the old deadline of a prolonged hold",
        second: 12_000,
        touch: .extended(until: 20_000),
        at: 4_000,
        verdict: .violated
    ),
    LeaseCase(
        testDescription: "after the deadline of a shortened hold",
        second: 6_000,
        touch: .extended(until: 5_000),
        at: 4_000,
        verdict: .holds
    ),
    LeaseCase(
        testDescription: "after a touch of an earlier hold",
        second: 5_000,
        touch: .mayEnd,
        at: 100,
        verdict: .violated
    ),
]

@Suite("hold-exclusive judges leases by Redis' clock")
struct HoldExclusiveTests {
    @Test("a second user is granted the seat", arguments: cases)
    func second(_ lease: LeaseCase) {
        var evidence = cleanRun()
        evidence.change(clients: {
            $0.grants = [
                grant("ann", "R1C1", from: 1_000, until: 11_000),
                grant("bob", "R1C1", from: lease.second, until: 99_000),
            ]
            if let touch = lease.touch {
                $0.touches = [.init(user: "ann", seat: SeatID("e1", "R1C1"), invoke: lease.at, kind: touch)]
            }
        })
        let result = HoldExclusive().judge(evidence)
        #expect(result.verdict == lease.verdict, "\(result)")
    }

    @Test("an order that came after the grant within the clocks' error may have ended the hold")
    func touchWithinError() {
        var evidence = cleanRun()
        evidence.change(clients: {
            $0.grants = [
                grant("ann", "R1C1", from: 1_000, until: 11_000), grant("bob", "R1C1", from: 5_000, until: 9_000),
            ]
            $0.touches = [.init(user: "ann", seat: SeatID("e1", "R1C1"), invoke: 980, kind: .mayEnd)]
        })
        #expect(HoldExclusive().judge(evidence).verdict == .violated)
        evidence.change(redis: { $0.clockError = 30 })
        #expect(HoldExclusive().judge(evidence).verdict == .holds)
    }

    @Test("a hold that was asked for again for longer has not begun before it was asked for")
    func askedAgain() {
        var evidence = cleanRun()
        evidence.change(clients: {
            $0.grants = [
                grant("ann", "R1C1", from: 1_000, until: 11_000),
                // Granted at 12,000 for 10 s, in an answer that was lost; asked for again at 13,000, for 20 s.
                grant("bob", "R1C1", from: 2_000, until: 22_000, invoke: 13_000),
            ]
        })
        #expect(HoldExclusive().judge(evidence).verdict == .holds)
        evidence.change(clients: { $0.grants[1].invoke = 10_500 })
        #expect(HoldExclusive().judge(evidence).verdict == .violated)
    }

    @Test("a user's own second hold is no overlap")
    func sameUser() {
        var evidence = cleanRun()
        evidence.change(clients: {
            $0.grants = [
                grant("ann", "R1C1", from: 1_000, until: 11_000), grant("ann", "R1C1", from: 2_000, until: 12_000),
            ]
        })
        #expect(HoldExclusive().judge(evidence).verdict == .holds)
    }

    @Test("a loss of Redis, a new epoch, forgets what was held before, and nothing that is held after it")
    func afterLoss() {
        let second = Int64(2) << 32
        var evidence = cleanRun()
        evidence.change(clients: {
            $0.grants = [
                grant("ann", "R1C1", from: 1_000, until: 60_000),
                grant("bob", "R1C1", from: 4_000, until: 9_000, version: second + 1),
            ]
        })
        #expect(HoldExclusive().judge(evidence).verdict == .holds)
        evidence.change(clients: {
            $0.grants.append(grant("cat", "R1C1", from: 8_000, until: 10_000, version: second + 2))
        })
        #expect(HoldExclusive().judge(evidence).verdict == .violated)
    }

    @Test("a short lease inside a long one does not hide the long one")
    func nested() {
        var evidence = cleanRun()
        evidence.change(clients: {
            $0.grants = [
                grant("ann", "R1C1", from: 1_000, until: 60_000), grant("ann", "R1C1", from: 2_000, until: 3_000),
                grant("bob", "R1C1", from: 4_000, until: 5_000),
            ]
        })
        #expect(HoldExclusive().judge(evidence).verdict == .violated)
    }
}
