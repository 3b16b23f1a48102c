/// What one thread's users receive from one address: all of them receive the same events, and each is read and written down once.
final class Feed {
    /// Events kept to be recognised: a user who is further behind makes the feed read his again.
    private static let limit = 4_096
    private static let byteLimit = 32 << 20

    let path: [UInt8]
    private var seats = SeatNumbers()
    private var messages: [UInt64: FeedMessage] = [:]
    private var bytes = 0

    init(path: [UInt8]) {
        self.path = path
    }

    /// The message that an event is; `record` gives one that is new its number in the history.
    func message(_ event: ServerSentEvent, record: (ServerSentEvent) -> Int?) -> FeedMessage {
        let key = Self.hash(event)
        if let known = messages[key], known.event.name == event.name, known.event.id == event.id,
            known.event.hasID == event.hasID, known.event.data == event.data
        {
            return known
        }
        let made = FeedMessage(
            event: event,
            position: event.hasID ? event.id.withUnsafeBufferPointer { EventPosition($0) } : nil,
            content: FeedMessage.read(event, seats: &seats),
            number: record(event)
        )
        if messages.count >= Self.limit || bytes > Self.byteLimit {
            messages.removeAll(keepingCapacity: true)
            bytes = 0
        }
        messages[key] = made
        bytes += event.data.count
        return made
    }

    private static func hash(_ event: ServerSentEvent) -> UInt64 {
        var hasher = Hasher()
        event.name.withUnsafeBytes { hasher.combine(bytes: $0) }
        event.id.withUnsafeBytes { hasher.combine(bytes: $0) }
        event.data.withUnsafeBytes { hasher.combine(bytes: $0) }
        return UInt64(bitPattern: Int64(hasher.finalize()))
    }
}
