import Contract
import Foundation

/// What virtual users received on their streams of seats.
package struct StreamHistory: Codable, Sendable, Equatable {
    /// An event of a stream; all arrivals of the same event share it.
    package struct Message: Codable, Sendable, Equatable {
        package enum Content: Codable, Sendable, Equatable {
            /// All seats of the event, in place of what went before: `INIT`.
            case initial([SeatUpdateBody])
            case update(SeatUpdateBody)
            /// Of another name, or its data is not what the contract says.
            case unknown(event: String, data: String)
        }
        /// The position in the seats' log, as Redis numbers its entries; nil where the event had none.
        package var id: String?
        package var content: Content
    }

    /// A message that reached a user.
    package struct Arrival: Codable, Sendable, Equatable {
        /// Index into ``StreamHistory/messages``.
        package var message: Int
        /// Monotonic nanoseconds, after the read that brought it.
        package var at: Int64
    }

    /// One connection of a stream.
    package struct Connection: Codable, Sendable, Equatable {
        /// Monotonic nanoseconds, before the first byte was written.
        package var began: Int64
        /// The `Last-Event-ID` sent, up to which everything had been received.
        ///
        /// Nil where none was.
        package var lastEventID: String?
        /// In order.
        package var arrivals: [Arrival] = []
        /// Monotonic nanoseconds; nil where the run was killed before.
        package var ended: Int64?
        /// 0 when there was no answer.
        package var status = 0
        /// The kind of transport error that ended it; nil when the server closed it, or its time was over.
        package var error: String?
    }

    /// A virtual user's subscription to the seats of an event, over all its connections.
    package struct Stream: Codable, Sendable, Equatable {
        package var number: Int
        package var user: String
        /// The event whose seats it tells of.
        package var event: String
        /// In order; at least one.
        package var connections: [Connection]
    }

    package var messages: [Message] = []
    /// In order of their first line.
    package var streams: [Stream] = []

    /// A history without streams; tests fill it.
    package init(messages: [Message] = [], streams: [Stream] = []) {
        self.messages = messages
        self.streams = streams
    }
}

/// Puts a history's lines about streams together.
struct StreamHistoryReader {
    private let decoder = JSONDecoder()
    private(set) var history = StreamHistory()
    private var places: [Int: Int] = [:]
    private var messages: [Int64: Int] = [:]

    /// Takes a line.
    ///
    /// - Returns: whether it is one about streams.
    /// - Throws: what is wrong with it.
    mutating func take(_ line: Data) throws -> Bool {
        if line.starts(with: #"{"sse":"#.utf8) {
            take(try decoder.decode(StreamEntry.Message.self, from: line))
            return true
        }
        guard line.starts(with: #"{"stream":"#.utf8) else { return false }
        try take(try decoder.decode(StreamEntry.Line.self, from: line))
        return true
    }

    private mutating func take(_ message: StreamEntry.Message) {
        messages[Int64(message.sse)] = history.messages.count
        history.messages.append(.init(id: message.id, content: content(message)))
    }

    private func content(_ message: StreamEntry.Message) -> StreamHistory.Message.Content {
        let data = Data(message.data.utf8)
        switch message.event {
        case "INIT":
            guard let map = try? decoder.decode(SeatMapBody.self, from: data) else { break }
            return .initial(map.seats.map { SeatUpdateBody(seatId: $0.id, status: $0.status, version: $0.version) })
        case "SEAT_UPDATE":
            guard let update = try? decoder.decode(SeatUpdateBody.self, from: data) else { break }
            return .update(update)
        default: break
        }
        return .unknown(event: message.event, data: message.data)
    }

    private mutating func take(_ line: StreamEntry.Line) throws {
        if let began = line.began {
            try begin(line, began)
            return
        }
        guard let place = places[line.stream], line.connection == history.streams[place].connections.count - 1 else {
            throw EvidenceError("connection \(line.connection) of stream \(line.stream) has not begun")
        }
        let connection = line.connection
        if let received = line.received {
            for index in stride(from: 0, to: received.count - 1, by: 2) {
                guard let message = messages[received[index]] else {
                    throw EvidenceError("stream \(line.stream) received event \(received[index]), which is not there")
                }
                history.streams[place].connections[connection].arrivals.append(
                    .init(message: message, at: received[index + 1])
                )
            }
        }
        if let ended = line.ended {
            history.streams[place].connections[connection].ended = ended
            history.streams[place].connections[connection].status = line.status ?? 0
            history.streams[place].connections[connection].error = line.error
        }
    }

    private mutating func begin(_ line: StreamEntry.Line, _ began: Int64) throws {
        guard let user = line.user, let path = line.path else {
            throw EvidenceError("stream \(line.stream) has no user or no path")
        }
        let place: Int
        if let known = places[line.stream] {
            place = known
        } else {
            let parts = path.split(separator: "/")
            guard parts.count >= 5 else { throw EvidenceError("stream \(line.stream) has the path \(path)") }
            place = history.streams.count
            places[line.stream] = place
            let event = String(parts[4])
            history.streams.append(.init(number: line.stream, user: user, event: event, connections: []))
        }
        guard history.streams[place].connections.count == line.connection else {
            throw EvidenceError("connection \(line.connection) of stream \(line.stream) begins out of turn")
        }
        history.streams[place].connections.append(.init(began: began, lastEventID: line.lastEventID))
    }
}
