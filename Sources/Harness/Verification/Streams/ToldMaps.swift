import Contract

/// The whole maps that watchers of one event were told, to be compared with the seats' log: a map says at which of its entries it was made.
struct ToldMaps {
    /// A map, and who was told of it first.
    struct Map {
        var position: LogPosition
        var seats: [SeatUpdateBody]
        /// When it had been received, at the latest, in milliseconds since 1970 by Redis' clock.
        var received: Int64
        var stream: StreamHistory.Stream
    }

    private var maps: [Map] = []

    /// Takes one more, in any order.
    mutating func add(_ map: Map) { maps.append(map) }

    /// The first thing in each map that the log does not say.
    func untruths(in log: EventLog) -> [Violation] {
        var violations: [Violation] = []
        var last: [String: SeatLogEntry] = [:]
        var read = 0
        for map in maps.sorted(by: { $0.position < $1.position }) {
            let end = log.count(through: map.position)
            while read < end {
                last[log.changes[read].seat] = log.changes[read]
                read += 1
            }
            guard let wrong = untruth(map, last) else { continue }
            let told = "was told in the map at \(map.position) \(wrong.what)"
            violations.append(StreamRead.violation(map.stream, wrong.seat, told))
        }
        return violations
    }

    private func untruth(_ map: Map, _ last: [String: SeatLogEntry]) -> (seat: String, what: String)? {
        let told = Dictionary(map.seats.map { ($0.seatId, $0) }, uniquingKeysWith: { $1 })
        if let missing = last.keys.filter({ told[$0] == nil }).min() { return (missing, "nothing of \(missing)") }
        for seat in map.seats {
            let claim = "that \(seat.seatId) is \(seat.status.rawValue) in version \(seat.version)"
            guard let change = last[seat.seatId] else {
                guard seat.status != .available else { continue }
                return (seat.seatId, "\(claim): in the seats' log nothing had happened to it")
            }
            // A lease that is over needs no entry to be over.
            let isDue = change.deadline.map { $0 <= map.received + SeatHistory.epsilon / 1_000 } ?? false
            let isFreed = seat.status == .available && change.to == SeatStatus.held.rawValue && isDue
            guard seat.version == change.version, seat.status.rawValue == change.to || isFreed else {
                return (seat.seatId, "\(claim): in the seats' log it was \(change.to) in version \(change.version)")
            }
        }
        return nil
    }
}
