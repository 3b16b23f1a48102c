import Contract
import Linearizability
import Testing

@testable import Verification

@Suite("Releases that clients and the seats' log know")
struct ReleaseTests {
    private let seat = SeatID("ev-1", "A1")

    private func released(trace: String) -> ClientSeatCall {
        let fact = SeatFact(
            from: 2_000_000,
            to: 2_010_000,
            user: "ann",
            what: "gave the seat back: done",
            source: "clients",
            order: "",
            trace: trace,
            faults: []
        )
        return ClientSeatCall(
            seat: seat,
            user: "ann",
            action: .release,
            outcome: .ok,
            isOptional: false,
            invoke: 2_000_000,
            return: 2_010_000,
            index: 2,
            fact: fact
        )
    }

    private var log: [SeatLogEntry] {
        [
            SeatLogEntry(
                event: "ev-1",
                time: 1_000,
                operation: "hold",
                seat: "A1",
                from: .available,
                to: .held,
                user: "ann",
                trace: "t1",
                version: 1,
                deadline: 60_000
            ),
            SeatLogEntry(
                event: "ev-1",
                time: 2_005,
                operation: "release",
                seat: "A1",
                from: .held,
                to: .available,
                user: "ann",
                trace: "t2",
                version: 2
            ),
        ]
    }

    @Test("a release that both know is one change")
    func joined() {
        let history = SeatHistory(calls: [released(trace: "t2")], log: log)
        #expect(history.facts[seat]?.map(\.source) == ["redis", "clients"])
    }

    @Test("a release that the log does not have stays one that a client was told of")
    func unknown() {
        let history = SeatHistory(calls: [released(trace: "other")], log: log)
        #expect(history.facts[seat]?.map(\.source) == ["redis", "redis", "clients"])
    }
}
