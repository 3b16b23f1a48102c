/// `GET /api/events`, `GET /api/events/{id}`.
package struct EventBody: Codable, Sendable, Equatable {
    package var id: String
    package var title: String
    package var description: String
    /// ISO-8601, UTC.
    package var dateTime: String

    package init(id: String, title: String, description: String, dateTime: String) {
        self.id = id
        self.title = title
        self.description = description
        self.dateTime = dateTime
    }
}

/// The body of `POST /api/admin/events`.
///
/// Seats get the ids `R<row>C<column>`, both from 1.
package struct CreateEventRequest: Codable, Sendable, Equatable {
    package var title: String
    package var description: String?
    /// ISO-8601.
    package var dateTime: String
    /// 1…1,000.
    package var rows: Int
    /// 1…1,000.
    package var cols: Int
    /// Smallest unit of the currency; 0 or more.
    package var price: Int64

    package init(title: String, description: String? = nil, dateTime: String, rows: Int, cols: Int, price: Int64) {
        self.title = title
        self.description = description
        self.dateTime = dateTime
        self.rows = rows
        self.cols = cols
        self.price = price
    }

    /// The id of the seat in row `row`, column `column`, both from 1.
    package static func seatID(row: Int, column: Int) -> String { "R\(row)C\(column)" }
}

/// One seat of a seat map.
package struct SeatBody: Codable, Sendable, Equatable {
    package var id: String
    /// Row, from 1.
    package var r: Int
    /// Column, from 1.
    package var c: Int
    package var price: Int64
    package var status: SeatStatus
    package var version: Int64

    package init(id: String, r: Int, c: Int, price: Int64, status: SeatStatus, version: Int64) {
        self.id = id
        self.r = r
        self.c = c
        self.price = price
        self.status = status
        self.version = version
    }
}

/// `GET /api/events/{id}/seats`, and the data of the stream's `INIT`.
package struct SeatMapBody: Codable, Sendable, Equatable {
    package var rows: Int
    package var cols: Int
    package var seats: [SeatBody]

    package init(rows: Int, cols: Int, seats: [SeatBody]) {
        self.rows = rows
        self.cols = cols
        self.seats = seats
    }
}

/// The data of the stream's `SEAT_UPDATE`.
package struct SeatUpdateBody: Codable, Sendable, Equatable {
    package var seatId: String
    package var status: SeatStatus
    package var version: Int64

    package init(seatId: String, status: SeatStatus, version: Int64) {
        self.seatId = seatId
        self.status = status
        self.version = version
    }
}
