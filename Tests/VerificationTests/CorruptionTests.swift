import Contract
import Linearizability
import Testing

@testable import Verification

/// One way to corrupt a clean run, and the verdicts it must lead to; what is not named must hold.
struct Corruption: Sendable, CustomTestStringConvertible {
    var testDescription: String
    var verdicts: [String: Verdict]
    var apply: @Sendable (inout Evidence) -> Void

    init(_ name: String, _ verdicts: [String: Verdict], _ apply: @escaping @Sendable (inout Evidence) -> Void) {
        testDescription = name
        self.verdicts = verdicts
        self.apply = apply
    }
}

private let seat = SeatID("e1", "R1C1")
private let corruptions = seatCorruptions + orderCorruptions + historyCorruptions + recordedCorruptions

@Suite("Each corruption of a clean run trips exactly the invariants that it must")
struct CorruptionTests {
    @Test("a clean run holds, and its witnesses are the sold seats and the grants")
    func clean() {
        let results = Verification.judge(cleanRun())
        #expect(results.map(\.id) == everyInvariant.map(\.id).filter { $0 != "clean-recovery" })
        #expect(results.allSatisfy { $0.verdict == .holds }, "\(results)")
        #expect(results.map(\.witnesses) == [2, 2, 3, 10, 1, 6, 3, 3, 3, 9, 3, 3, 3, 3, 3, 6, 6, 6, 2, 10, 9, 11, 40])
        #expect(Oversell.count(cleanRun()) == 0)
    }

    @Test("every invariant is tripped by a corruption")
    func everyInvariantIsTripped() {
        let tripped = Set(
            corruptions.flatMap { $0.verdicts.filter { $0.value == .violated }.keys }
        )
        #expect(Set(everyInvariant.map(\.id)).subtracting(tripped) == [])
    }

    @Test("where nobody ordered, only invariants about holds are asked, and the seats granted are looked at")
    func holdsOnly() {
        var evidence = cleanRun()
        evidence.change(
            clients: { clients in
                clients.orders = [:]
                clients.placed = [:]
                clients.orderRequests = 0
                clients.streams = StreamHistory()
            },
            redis: { redis in
                redis.sold = [:]
                redis.log.removeAll { $0.operation != "hold" }
            },
            mysql: { $0 = .init() },
            kafka: { $0 = .init() }
        )
        let results = Verification.judge(evidence)
        #expect(
            results.map(\.id) == [
                "oversell", "hold-exclusive", "seat-history", "honest-refusal", "no-early-loss", "no-orphan-hold",
                "progress",
            ]
        )
        #expect(results.allSatisfy { $0.verdict == .holds && $0.witnesses > 0 }, "\(results)")
    }

    @Test("a corruption", arguments: corruptions)
    func corrupted(_ corruption: Corruption) {
        var evidence = cleanRun()
        corruption.apply(&evidence)
        let results = Verification.judge(evidence).filter { $0.verdict != .holds }
        let verdicts = Dictionary(uniqueKeysWithValues: results.map { ($0.id, $0.verdict) })
        #expect(verdicts == corruption.verdicts)
        #expect(results.allSatisfy { $0.verdict != .inconclusive || !$0.reasons.isEmpty })
    }

    @Test("an oversold seat names its orders and users, and is counted")
    func names() throws {
        var evidence = cleanRun()
        evidence.change(mysql: { $0.tickets.append(.init(id: 9, seat: SeatID("e1", "R1C1"), order: "o2", user: "bob")) }
        )
        let violation = try #require(Oversell().judge(evidence).violations.first)
        #expect(violation.orders == ["o1", "o2"])
        #expect(violation.users == ["ann", "bob"])
        #expect(violation.seat == "R1C1")
        #expect(Oversell.count(evidence) == 1)
    }
}
