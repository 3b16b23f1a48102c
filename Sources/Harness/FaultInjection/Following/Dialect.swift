/// A protocol, as who reads along on both streams of one connection understands it.
///
/// Confined to the relay's thread. Bytes may come split anywhere; a dialect keeps no more of them than rules can match on.
protocol Dialect: AnyObject {
    /// A request begins: rules will match on it, or it is only followed.
    func beginRequest(isCaptured: Bool)

    /// Reads on from `offset` until the next mark, or the end of the bytes.
    func readRequest(_ bytes: UnsafeRawBufferPointer, _ offset: inout Int) throws(Unfollowable) -> Mark

    /// The same for replies; `request` is the tag of the oldest request that has no reply yet.
    func readReply(
        _ bytes: UnsafeRawBufferPointer,
        _ offset: inout Int,
        to request: UInt64?
    ) throws(Unfollowable) -> Mark

    /// The request whose head or end was marked last; nil if it was not one, but a step of a handshake, say.
    var request: FollowedRequest? { get }

    /// Whether a rule means the request whose head or end was marked last.
    func matches(_ match: RuleMatch) -> Matched

    /// The message whose head or end was marked last in the stream of replies answers nothing: a greeting, a push, an interim response.
    var isUnsolicited: Bool { get }

    /// Whether the reply marked last is the one to that request.
    func answers(_ request: UInt64) -> Bool

    /// What the upstream would say to refuse the request marked last.
    func refusal(_ code: ErrorCode) -> [UInt8]

    /// Whether the reply to that request must be changed before its caller may see it.
    func rewrites(_ request: UInt64) -> Bool

    /// The whole reply, changed; `listener` says where the proxy listens for a broker.
    func rewritten(
        _ reply: [UInt8],
        to request: UInt64,
        listener: @escaping (Endpoint) -> SocketAddress?
    ) throws(Unfollowable) -> [UInt8]

    /// A lost reply leaves the connection usable, because replies name their request.
    var survivesLostReply: Bool { get }
}

extension Dialect {
    func beginRequest(isCaptured: Bool) {}
    func answers(_ request: UInt64) -> Bool { true }
    var survivesLostReply: Bool { false }
    func rewrites(_ request: UInt64) -> Bool { false }
    func rewritten(
        _ reply: [UInt8],
        to request: UInt64,
        listener: @escaping (Endpoint) -> SocketAddress?
    ) throws(Unfollowable) -> [UInt8] { reply }
}

/// How far a reader has come.
enum Mark {
    /// All bytes are read; nothing new is known.
    case more
    /// It is known what message this is.
    case head
    /// The message is over; no head need have been marked before.
    case end
}

/// What the follower must know of a request.
struct FollowedRequest {
    /// Whatever the dialect needs to read the reply.
    var tag: UInt64 = 0
    var expectsReply = true
}

/// Whether a message is one that a rule means.
enum Matched: Equatable {
    case yes, no
    /// The dialect could not see it; the reason is counted at the rule.
    case unknown(String)
}
