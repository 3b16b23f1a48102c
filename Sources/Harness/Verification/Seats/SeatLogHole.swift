import Contract

/// A stretch of an event's log that Redis lost: from the last entry that survived to the event's restoration.
struct SeatLogHole: Equatable {
    var event: String
    /// Microseconds since 1970 by Redis' clock.
    var from: Int64
    var to: Int64

    /// Every hole in a log, by its restorations.
    static func all(in log: [SeatLogEntry]) -> [SeatLogHole] {
        var holes: [SeatLogHole] = []
        var last: [String: Int64] = [:]
        // Of one event, the log is in the order of time; versions count the changes of each seat for itself.
        for entry in log {
            if entry.seat.isEmpty, entry.operation == SeatLogOpening.restore.rawValue {
                let from = last[entry.event] ?? entry.time
                holes.append(SeatLogHole(event: entry.event, from: from * 1000, to: (entry.time + 1) * 1000))
            }
            last[entry.event] = entry.time
        }
        return holes
    }
}
