/// Who has bought each seat so far, as rows of MySQL come in while the load runs; the second buyer of a seat is oversell.
struct OversellLedger {
    /// A row that sells a seat: a ticket, or a seat of a CONFIRMED order.
    struct Sale: Equatable {
        var seat: SeatID
        /// The row's number, by which it is known when it is read again.
        var row: Int64
        /// The order, for the sentence.
        var order: String
    }

    private var sales: [SeatID: Sale] = [:]
    /// The highest row seen.
    private(set) var last: Int64 = 0

    /// Rows are read again from so far back: a transaction that began earlier may commit later.
    static let overlap: Int64 = 1_000

    /// Takes a row.
    ///
    /// - Returns: who bought the seat before, when it was another row.
    mutating func take(_ sale: Sale) -> Sale? {
        last = max(last, sale.row)
        guard let other = sales[sale.seat] else {
            sales[sale.seat] = sale
            return nil
        }
        return other.row == sale.row ? nil : other
    }
}
