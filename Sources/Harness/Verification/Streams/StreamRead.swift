import Contract

/// The messages of all streams, read once however many users received them: seats by number, versions and positions.
struct StreamRead {
    /// What a message says.
    struct Message {
        /// Nil where it has no id of a position's form.
        var position: LogPosition?
        var isInitial = false
        /// Nothing that the contract knows.
        var isStrange = false
        var seats: [(seat: Int, version: Int64)] = []
    }

    /// In the order of ``StreamHistory/messages``.
    let messages: [Message]
    /// The seats' names by their numbers; equal names of two events are one number.
    let seats: [String]
    private let numbers: [String: Int]

    init(_ history: StreamHistory) {
        var numbers: [String: Int] = [:]
        var seats: [String] = []
        func number(_ seat: String) -> Int {
            if let known = numbers[seat] { return known }
            numbers[seat] = seats.count
            seats.append(seat)
            return seats.count - 1
        }
        messages = history.messages.map { message in
            var read = Message(position: message.id.flatMap { LogPosition($0) })
            switch message.content {
            case .initial(let all):
                read.isInitial = true
                read.seats = all.map { (number($0.seatId), $0.version) }
            case .update(let update): read.seats = [(number(update.seatId), update.version)]
            case .unknown: read.isStrange = true
            }
            return read
        }
        self.seats = seats
        self.numbers = numbers
    }

    /// The number of a seat; nil where nobody was told of it.
    func number(of seat: String) -> Int? { numbers[seat] }

    /// A violation of what a watcher was told.
    static func violation(_ stream: StreamHistory.Stream, _ seat: String, _ what: String) -> Violation {
        Violation(
            event: stream.event,
            seat: seat,
            message: "stream \(stream.number) of \(stream.user) \(what)",
            users: [stream.user]
        )
    }
}

extension Evidence {
    /// Whether anybody received anything on a stream of seats.
    var hasStreams: Bool {
        guard let clients = clients.content else { return true }
        return clients.streams.streams.contains { $0.connections.contains { !$0.arrivals.isEmpty } }
    }
}
