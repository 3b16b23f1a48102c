import Contract

/// Who has a seat, step by step through the seats' log.
struct SeatHolder {
    /// The hold that the last entry left, if any.
    private(set) var user: String?
    private(set) var order = ""

    mutating func take(_ entry: SeatLogEntry) {
        guard entry.to == SeatStatus.held.rawValue else {
            user = nil
            order = ""
            return
        }
        user = entry.user
        order = entry.order
    }

    /// Gives each entry of a seat to `body`, with who had the seat before it; seats of events that were opened anew begin anew.
    static func walk(_ log: [SeatLogEntry], _ body: (SeatLogEntry, SeatHolder) -> Void) {
        var holders: [SeatID: SeatHolder] = [:]
        for entry in log {
            if entry.seat.isEmpty {
                holders = holders.filter { $0.key.event != entry.event }
                continue
            }
            let holder = holders[entry.seatID] ?? SeatHolder()
            body(entry, holder)
            holders[entry.seatID, default: SeatHolder()].take(entry)
        }
    }
}
