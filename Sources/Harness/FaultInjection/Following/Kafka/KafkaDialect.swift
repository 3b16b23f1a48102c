/// Kafka: replies carry the number of their request, so that a lost one is only lost.
///
/// librdkafka looks a reply's request up by its number and waits for the lost one until `socket.timeout.ms`; the Java client takes a
/// number that it does not expect for a broken connection, and opens another.
///
/// A Produce that is duplicated, or sent again because its acknowledgement was lost, carries the producer's id and the same sequence
/// numbers, if the producer is idempotent. A broker of Apache Kafka knows them and appends once. librdkafka's cluster, our embedded one, does
/// not look at them: there the records are in the log twice, and consumers must bear it.
final class KafkaDialect: Dialect {
    private static let capturedBytes = 4_096
    /// The number of the request.
    private static let replyHead = 4

    private(set) var request: FollowedRequest?
    private var requests = KafkaFrameReader(capacity: KafkaDialect.capturedBytes)
    private var replies = KafkaFrameReader(capacity: KafkaDialect.replyHead)
    private var head: KafkaRequestHead?
    private var requestIsKnown = false

    var isUnsolicited: Bool { false }
    var survivesLostReply: Bool { true }

    func readRequest(_ bytes: UnsafeRawBufferPointer, _ offset: inout Int) throws(Unfollowable) -> Mark {
        if requests.isBetween {
            requestIsKnown = false
        }
        let mark = try requests.read(bytes, &offset)
        guard mark != .more, !requestIsKnown else { return mark }
        requestIsKnown = true
        guard let head = KafkaRequestHead(requests.payload) else { throw Unfollowable("not Kafka") }
        guard head.api != KafkaAPI.saslHandshake || head.version > 0 else { throw Unfollowable("SASL without frames") }
        self.head = head
        let tag = UInt64(UInt16(bitPattern: head.api)) << 48 | UInt64(UInt16(bitPattern: head.version)) << 32
        request = FollowedRequest(tag: tag | UInt64(head.correlation), expectsReply: head.expectsReply)
        return mark
    }

    func readReply(
        _ bytes: UnsafeRawBufferPointer,
        _ offset: inout Int,
        to request: UInt64?
    ) throws(Unfollowable) -> Mark {
        try replies.read(bytes, &offset)
    }

    func answers(_ request: UInt64) -> Bool {
        var payload = KafkaPayload(replies.payload)
        return payload.integer(4).map { UInt32(truncatingIfNeeded: $0) } == UInt32(truncatingIfNeeded: request)
    }

    func matches(_ match: RuleMatch) -> Matched {
        guard let head else { return .no }
        if let api = match.api, api != head.api {
            return .no
        }
        guard let topic = match.topic else { return .yes }
        guard head.api == KafkaAPI.produce || head.api == KafkaAPI.fetch else { return .no }
        guard let topics = head.topics() else {
            return .unknown("\(head.api == KafkaAPI.fetch ? "Fetch" : "Produce") v\(head.version) without topic names")
        }
        if topics.names.contains(where: { topic.matches($0) }) {
            return .yes
        }
        return topics.isComplete ? .no : .unknown("topics beyond the first 4,096 bytes of a request")
    }

    /// Refused where rules are made: an error stands deep in each reply.
    func refusal(_ code: ErrorCode) -> [UInt8] { [] }

    func rewrites(_ request: UInt64) -> Bool { KafkaAddresses.isCarried(by: api(of: request)) }

    func rewritten(
        _ reply: [UInt8],
        to request: UInt64,
        listener: @escaping (Endpoint) -> SocketAddress?
    ) throws(Unfollowable) -> [UInt8] {
        let version = Int16(bitPattern: UInt16(truncatingIfNeeded: request >> 32))
        return try KafkaAddresses.rewrite(reply, api: api(of: request), version: version, listener: listener)
    }

    private func api(of request: UInt64) -> Int16 { Int16(bitPattern: UInt16(truncatingIfNeeded: request >> 48)) }
}
