/// An event that the run makes fresh, in one or more copies (a storm wants one a wave).
///
/// Expressions name it: `finale[wave].id`, `finale[0].seats`, and `finale.id` for copy 0.
package struct EventTemplate: Sendable, Equatable {
    package let name: String
    /// Rows of seats, 1…200.
    package let rows: Int
    /// Seats in a row, 1…200.
    package let columns: Int
    /// Price of a seat in the smallest unit of the currency.
    package let price: Int64
    /// How many events are made of it, 1…1,000.
    package let copies: Int
    package let position: SourcePosition

    package init(name: String, rows: Int, columns: Int, price: Int64, copies: Int, position: SourcePosition) {
        self.name = name
        self.rows = rows
        self.columns = columns
        self.price = price
        self.copies = copies
        self.position = position
    }
}

/// A field of an event that expressions can read.
package enum EventField: String, Sendable, CaseIterable {
    /// The event's id, a text.
    case id
    /// The template's name, a text.
    case name
    /// The seats' ids, row by row: a list of texts.
    case seats
    case rows
    case columns = "cols"
    case price
}

/// An event as it was made for the run: one copy of an ``EventTemplate``.
package struct SeededEvent: Sendable {
    /// The template's name.
    package let name: String
    /// Which copy of the template this is, from 0.
    package let copy: Int
    package let id: String
    /// The seats' ids, row by row.
    package let seats: [String]
    package let rows: Int
    package let columns: Int
    package let price: Int64
    /// The seats as expressions see them, made once.
    private let seatValues: Value

    package init(name: String, copy: Int, id: String, seats: [String], rows: Int, columns: Int, price: Int64) {
        self.name = name
        self.copy = copy
        self.id = id
        self.seats = seats
        self.rows = rows
        self.columns = columns
        self.price = price
        seatValues = .list(seats.map(Value.text))
    }

    /// What `finale[copy].field` evaluates to.
    package func value(of field: EventField) -> Value {
        switch field {
        case .id: .text(id)
        case .name: .text(name)
        case .seats: seatValues
        case .rows: .integer(Int64(rows))
        case .columns: .integer(Int64(columns))
        case .price: .integer(price)
        }
    }
}
