import Contract
import Linearizability
import Testing

@testable import Verification

@Suite("A seat's history across a loss of Redis")
struct SeatLogHoleTests {
    private let seat = SeatID("e1", "R1C1")
    private let order = MySQLEvidence.Order.paid("o1", by: "ann", seats: ["R1C1"])

    /// A hold in the first epoch, and the event restored in the second at 10 s.
    private var log: [SeatLogEntry] {
        [logged("hold", "R1C1", by: "ann", at: 1_000, version: 1, until: 31_000), opening(.restore, at: 10_000)]
    }

    private func opening(_ operation: SeatLogOpening, at time: Int64) -> SeatLogEntry {
        SeatLogEntry(
            event: "e1",
            time: time,
            operation: operation.rawValue,
            seat: "",
            from: .available,
            to: .available,
            user: "",
            version: 2 << 32
        )
    }

    private var first: SeatLogEntry {
        var entry = opening(.reset, at: 500)
        entry.version = 1 << 32
        return entry
    }

    private func later(_ operation: String, by user: String, order: String = "", at time: Int64) -> SeatLogEntry {
        var entry = logged(operation, "R1C1", by: user, order: order, at: time, version: 0)
        entry.version = 2 << 32 + time
        if operation == "hold" { entry.deadline = time + 30_000 }
        return entry
    }

    private func verdict(_ log: [SeatLogEntry], orders: [MySQLEvidence.Order] = []) -> Linearizability? {
        let history = SeatHistory(calls: [hold("ann", "R1C1", at: 1_000, version: 1)], log: log, orders: orders)
        return history.seats[seat].map { Check(SeatModel()).part($0.calls, budget: Budget()).verdict }
    }

    @Test("a hold that was not pinned is forgotten: another may be granted the seat")
    func forgotten() {
        #expect(verdict(log + [later("hold", by: "bob", at: 11_000)]) == .linearizable)
    }

    @Test("a pin that was lost, of an order in MySQL, may be what is confirmed")
    func lostPin() {
        let sold = log + [later("confirm", by: "ann", order: "o1", at: 11_000)]
        #expect(verdict(sold, orders: [order]) == .linearizable)
        #expect(verdict(sold) == .notLinearizable)
    }

    @Test("the hole begins at the last change of the event, whichever of its seats has changed most often")
    func wherever() {
        var log = (1...40).map { logged("hold", "R1C1", by: "ann", at: 1_000 + Int64($0), version: $0) }
        log.append(logged("hold", "R1C2", by: "bob", at: 9_000, version: 1, until: 39_000))
        log.append(opening(.restore, at: 10_000))
        #expect(SeatLogHole.all(in: log) == [SeatLogHole(event: "e1", from: 9_000_000, to: 10_001_000)])
    }

    @Test("of an event that was reset in the run it is not known what was sold before")
    func reset() {
        let again = log.dropLast() + [opening(.reset, at: 10_000)]
        #expect(SeatHistory(calls: [], log: [first] + log.dropLast()).losses.isEmpty)
        #expect(SeatHistory(calls: [], log: [first] + again).losses == ["e1": 10_000_000])
    }

    @Test("two users that hold the seat after the loss are still two too many")
    func stillExclusive() {
        let twice = log + [later("hold", by: "bob", at: 11_000), later("hold", by: "cid", at: 12_000)]
        #expect(verdict(twice, orders: [order]) == .notLinearizable)
    }

    @Test("without a loss, another's hold within the lease is no history of a seat")
    func noLoss() {
        #expect(verdict([log[0], later("hold", by: "bob", at: 11_000)]) == .notLinearizable)
    }

    @Test("what was illegal before the loss is a violation, what is so afterwards may come of what was lost")
    func beforeOrAfter() {
        let taken = logged("hold", "R1C1", by: "bob", at: 3_000, version: 2, until: 33_000)
        var before = cleanRun()
        // Known is what was before the last change that survived.
        let last = logged("hold", "R1C2", by: "cid", at: 5_000, version: 1, until: 35_000)
        before.change(redis: { $0.log = [log[0], taken, last, opening(.restore, at: 10_000)] })
        let violation = SeatHistoryHolds().judge(before).violations.first { $0.seat == "R1C1" }
        #expect(violation?.users.sorted() == ["ann", "bob"], "\(violation as Any)")
        var after = cleanRun()
        let twice = [later("hold", by: "bob", at: 11_000), later("hold", by: "cid", at: 12_000)]
        after.change(redis: { $0.log = log + twice })
        let result = SeatHistoryHolds().judge(after)
        #expect(result.verdict == .inconclusive, "\(result)")
    }
}
