import Testing

@testable import Verification

@Suite("A seat sold twice is seen while the load runs")
struct OversellLedgerTests {
    private let seat = SeatID("e1", "R1C1")

    @Test("a second sale of a seat names the first")
    func second() {
        var ledger = OversellLedger()
        let first = OversellLedger.Sale(seat: seat, row: 7, order: "o1")
        #expect(ledger.take(first) == nil)
        #expect(ledger.take(.init(seat: SeatID("e1", "R1C2"), row: 8, order: "o2")) == nil)
        #expect(ledger.take(.init(seat: seat, row: 9, order: "o2")) == first)
        #expect(ledger.last == 9)
    }

    @Test("a row that is read again, also after later ones, is no second sale")
    func again() {
        var ledger = OversellLedger()
        let sale = OversellLedger.Sale(seat: seat, row: 7, order: "o1")
        #expect(ledger.take(sale) == nil)
        #expect(ledger.take(.init(seat: SeatID("e1", "R1C2"), row: 9, order: "o2")) == nil)
        #expect(ledger.take(sale) == nil)
        #expect(ledger.last == 9)
    }
}
