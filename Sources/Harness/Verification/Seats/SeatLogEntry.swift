import Contract
import RedisClient

/// An entry of the seats' log in Redis: one change of one seat, or the opening of an event.
package struct SeatLogEntry: Codable, Sendable, Equatable {
    package var event: String
    /// Milliseconds since 1970 by Redis' clock.
    package var time: Int64
    /// Its number among the entries of that millisecond.
    package var sequence: Int64
    /// ``SeatLogField/operation``.
    package var operation: String
    package var seat: String
    package var from: String
    package var to: String
    package var user: String
    package var order: String
    package var trace: String
    package var version: Int64
    /// Milliseconds since 1970 by Redis' clock; absent where the change began no lease.
    package var deadline: Int64?

    /// The seat that changed.
    package var seatID: SeatID { SeatID(event, seat) }

    /// Its place in the log.
    package var position: LogPosition { LogPosition(time: time, sequence: sequence) }

    /// Reads an element of the reply to XRANGE.
    ///
    /// - Throws: `EvidenceError` when it is none.
    init(event: String, reply: RedisValue) throws {
        guard let parts = reply.array, parts.count == 2, let id = parts[0].string, let fields = parts[1].array,
            let position = LogPosition(id)
        else { throw EvidenceError("XRANGE answered \(reply), not an entry with an id and fields") }
        var values: [String: String] = [:]
        for place in stride(from: 0, to: fields.count - 1, by: 2) {
            values[fields[place].string ?? ""] = fields[place + 1].string ?? ""
        }
        self.event = event
        time = position.time
        sequence = position.sequence
        operation = values[SeatLogField.operation] ?? ""
        seat = values[SeatLogField.seat] ?? ""
        from = values[SeatLogField.from] ?? ""
        to = values[SeatLogField.to] ?? ""
        user = values[SeatLogField.user] ?? ""
        order = values[SeatLogField.order] ?? ""
        trace = values[SeatLogField.trace] ?? ""
        version = values[SeatLogField.version].flatMap(Int64.init) ?? 0
        deadline = values[SeatLogField.deadline].flatMap(Int64.init)
    }

    /// Makes an entry; tests do.
    package init(
        event: String,
        time: Int64,
        operation: String,
        seat: String,
        from: SeatStatus,
        to: SeatStatus,
        user: String,
        order: String = "",
        trace: String = "",
        version: Int64,
        deadline: Int64? = nil,
        sequence: Int64 = 0
    ) {
        self.event = event
        self.time = time
        self.sequence = sequence
        self.operation = operation
        self.seat = seat
        self.from = from.rawValue
        self.to = to.rawValue
        self.user = user
        self.order = order
        self.trace = trace
        self.version = version
        self.deadline = deadline
    }
}
