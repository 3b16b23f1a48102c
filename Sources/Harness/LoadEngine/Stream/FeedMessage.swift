import Scenario

/// An event of a feed, read once however many users receive it.
struct FeedMessage {
    /// What an event says of seats.
    enum Content {
        /// All seats, in place of what went before: their versions, by the feed's number of the seat; 0 where none is told.
        case initial([Int64])
        /// One seat has changed.
        case update(seat: Int, version: Int64)
        /// Nothing about seats.
        case other
    }

    let event: ServerSentEvent
    let position: EventPosition?
    let content: Content
    /// Its number in the history; nil where none is kept.
    let number: Int?
}

extension FeedMessage {
    static let initialName = Array("INIT".utf8)
    private static let seats = JSONPath([.key("seats")])
    private static let seatID = JSONPath([.key("seatId")])
    private static let listedID = JSONPath([.key("id")])
    private static let version = JSONPath([.key("version")])

    /// Reads what an event says of seats, numbering those that are new.
    static func read(_ event: ServerSentEvent, seats numbers: inout SeatNumbers) -> Content {
        if event.name == initialName {
            guard case .list(let seats) = Self.seats.value(in: event.data) else { return .other }
            var versions: [Int64] = []
            for case .text(let seat) in seats {
                let bytes = Array(seat.utf8)
                guard case .text(let id) = listedID.value(in: bytes), let version = version.value(in: bytes).integer,
                    let number = numbers.number(of: id)
                else { continue }
                while versions.count <= number { versions.append(0) }
                versions[number] = version
            }
            return .initial(versions)
        }
        guard case .text(let id) = seatID.value(in: event.data), let version = version.value(in: event.data).integer,
            let number = numbers.number(of: id)
        else { return .other }
        return .update(seat: number, version: version)
    }
}

/// The seats of a feed, numbered as they are met.
struct SeatNumbers {
    /// A greater event is watched without a check of the versions beyond.
    static let limit = 1 << 16
    private var numbers: [String: Int] = [:]

    mutating func number(of seat: String) -> Int? {
        if let known = numbers[seat] { return known }
        guard numbers.count < Self.limit else { return nil }
        numbers[seat] = numbers.count
        return numbers.count - 1
    }
}
