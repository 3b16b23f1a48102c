import Linearizability
import Testing

@Suite("A seat with leases")
struct SeatTests {
    typealias Operation = SeatModel.Operation

    private func verdict(_ lines: String, naming: SeatModel.Naming = .tokens) throws -> Linearizability {
        let cases = try SeatLeaseCase.read(lines)
        return Check(SeatModel(naming)).part(try #require(cases.first).calls, budget: Budget()).verdict
    }

    private func json(_ operations: String...) -> String {
        "{\"epsilon_ms\": 10, \"ops\": [\(operations.joined(separator: ","))]}"
    }

    private func op(_ op: String, _ token: String, _ invoke: Int, _ outcome: String = "ok", ttl: Int? = 1000) -> String
    {
        let lease = ttl.map { ",\"ttl_ms\":\($0)" } ?? ""
        let end = outcome == "unknown" ? "null" : "\(invoke + 5)"
        return """
            {"invoke_ms":\(invoke),"return_ms":\(end),"op":"\(op)","token":"\(token)","outcome":"\(outcome)"\(lease)}
            """
    }

    @Test("a hold that has lapsed cannot be confirmed, extended or released")
    func lapsed() throws {
        for late in ["confirm", "extend", "release"] {
            #expect(try verdict(json(op("hold", "A", 0), op(late, "A", 1100))) == .notLinearizable, "\(late)")
            #expect(try verdict(json(op("hold", "A", 0), op(late, "A", 1100, "gone"))) == .linearizable, "\(late)")
            #expect(try verdict(json(op("hold", "A", 0), op(late, "A", 900))) == .linearizable, "\(late)")
            #expect(try verdict(json(op("hold", "A", 0), op(late, "A", 900, "gone"))) == .notLinearizable, "\(late)")
        }
    }

    @Test("a hold asked for again by its holder is the same hold, and lasts no longer")
    func again() throws {
        #expect(try verdict(json(op("hold", "A", 0), op("hold", "A", 500))) == .linearizable)
        #expect(try verdict(json(op("hold", "A", 0), op("hold", "A", 500), op("hold", "B", 1100))) == .linearizable)
        let longer = json(op("hold", "A", 0), op("hold", "A", 500), op("hold", "B", 1100, "conflict"))
        #expect(try verdict(longer) == .notLinearizable)
    }

    @Test("a refusal is false where the seat is free, and true for ever once it is sold")
    func refusals() throws {
        #expect(try verdict(json(op("hold", "A", 0, "conflict"))) == .notLinearizable)
        let sold = json(op("hold", "A", 0), op("confirm", "A", 50), op("hold", "B", 9000, "conflict"))
        #expect(try verdict(sold) == .linearizable)
        #expect(try verdict(json(op("hold", "A", 0), op("release", "A", 50), op("hold", "B", 90))) == .linearizable)
        let released = json(op("hold", "A", 0), op("release", "A", 50), op("hold", "B", 90, "conflict"))
        #expect(try verdict(released) == .notLinearizable)
    }

    @Test("a lease that may have been granted may explain one refusal, but not one before it was asked for")
    func unknownGrant() throws {
        #expect(try verdict(json(op("hold", "A", 0, "unknown"), op("hold", "B", 50, "conflict"))) == .linearizable)
        #expect(try verdict(json(op("hold", "B", 50, "conflict"), op("hold", "A", 60, "unknown"))) == .notLinearizable)
    }

    @Test("what cannot be a case is refused by its line")
    func broken() {
        for text in [
            "{", "{\"ops\": 1}", json(op("sell", "A", 0)), json(op("hold", "A", 0, "perhaps")),
            json(op("hold", "A", 0, ttl: nil)),
        ] {
            let error = #expect(throws: HistoryFormatError.self) { _ = try SeatLeaseCase.read("\n" + text) }
            #expect(error?.description.contains("line 2") == true)
        }
    }

    @Test("a pinned hold is sold to its order alone, and is neither released nor prolonged by its holder")
    func pinned() {
        func check(_ last: Operation) -> Linearizability {
            var seat = SeatTimeline(epsilon: 0)
            seat.add(Operation(.hold, token: 1), invoke: 0, return: 1, ttl: 100, source: 0)
            seat.add(Operation(.pin, token: 1, order: 7), invoke: 10, return: 11, ttl: 100, source: 1)
            seat.add(last, invoke: 105, return: 106, source: 2)
            return Check(SeatModel()).part(seat.calls, budget: Budget()).verdict
        }
        #expect(check(Operation(.confirm, order: 7)) == .linearizable)
        #expect(check(Operation(.confirm, order: 8)) == .notLinearizable)
        #expect(check(Operation(.release, token: 1)) == .notLinearizable)
        #expect(check(Operation(.release, .conflict, token: 1)) == .linearizable)
        #expect(check(Operation(.unpin, order: 7)) == .linearizable)
        #expect(check(Operation(.unpin, order: 8)) == .notLinearizable)
    }
}

@Suite("Hot seats and budgets")
struct HotSeatTests {
    /// `losers` requests that are refused while `winners` are granted the seat, all at once.
    static func hotSeat(losers: Int, winners: Int) -> [Call<SeatModel.Operation>] {
        var seat = SeatTimeline(epsilon: 10)
        for loser in 0..<losers {
            let refused = SeatModel.Operation(.hold, .conflict, token: Int32(100 + loser))
            seat.add(refused, invoke: Int64(loser % 50), return: 5_000, source: loser)
        }
        for winner in 0..<winners {
            let granted = SeatModel.Operation(.hold, token: Int32(1 + winner))
            seat.add(granted, invoke: 20, return: 5_000, ttl: 600_000, source: losers + winner)
        }
        return seat.calls
    }

    @Test("a seat that thousands ask for at once is judged, with one winner and with two")
    func hot() {
        let check = Check(SeatModel())
        #expect(check.part(Self.hotSeat(losers: 20_000, winners: 1), budget: Budget()).verdict == .linearizable)
        #expect(check.part(Self.hotSeat(losers: 20_000, winners: 2), budget: Budget()).verdict == .notLinearizable)
    }

    @Test("a search without its shortcut ends with its budget, and says that it does not know")
    func budget() {
        let calls = Self.hotSeat(losers: 30, winners: 2)
        let result = Check(SeatModel(), reductions: []).part(calls, budget: Budget(steps: 10_000))
        #expect(result.verdict == .unknown)
        #expect(result.reason?.contains("steps") == true)
        let small = Check(SeatModel(), reductions: []).part(calls, budget: Budget(configurations: 100))
        #expect(small.verdict == .unknown)
        let late = Check(SeatModel(), reductions: []).part(calls, budget: Budget(time: .zero))
        #expect(late.verdict == .unknown)
    }

    @Test("versions that give the order need no search, and versions that lie do not decide")
    func versions() {
        func seat(_ first: Int64, _ second: Int64) -> [Call<SeatModel.Operation>] {
            var seat = SeatTimeline(epsilon: 0)
            seat.add(.init(.hold, token: 1), invoke: 0, return: 1, ttl: 100, version: first, source: 0)
            seat.add(.init(.release, token: 1), invoke: 2, return: 3, version: second, source: 1)
            seat.add(.init(.hold, .conflict, token: 2), invoke: 1, return: 9, source: 2)
            return seat.calls
        }
        let right = Check(SeatModel()).part(seat(1, 2), budget: Budget(steps: 1))
        #expect(right.verdict == .linearizable)
        #expect(Check(SeatModel()).part(seat(2, 1), budget: Budget(steps: 1)).verdict == .unknown)
        #expect(Check(SeatModel()).part(seat(2, 1), budget: Budget()).verdict == .linearizable)
    }
}
