import Scenario

/// One request and its reply on a user's connection, reused from request to request.
///
/// The engine fills the upper part before `start`, the transport the lower part until the exchange is finished. Moments are
/// ns of CLOCK_MONOTONIC and 0 while they have not come.
struct Exchange {
    /// The most of a body that is kept; the rest is counted only.
    static let bodyLimit = 1 << 20
    /// A longer reply is an error, and its connection is closed: nobody's load test means to fetch it over and over.
    static let bodyMaximum: UInt64 = 64 << 20

    var method = RequestMethod.get
    /// The whole request as HTTP/1.1 has it, from the method to the end of the body.
    var request = RawBytes()
    var layout = RequestLayout()
    /// Where it goes: a place in the thread's ``OriginTable``.
    var origin = 0
    var keepsBody = false
    /// A server-sent event stream: its body is read for events as it comes and not kept.
    var isStream = false

    /// 0 until the head of the final reply has come.
    var status: Int32 = 0
    var error: TransportError?
    /// When the transport was told to start.
    var startedAt: UInt64 = 0
    /// Just before the first byte was handed to the kernel.
    var sendingAt: UInt64 = 0
    /// When the last byte of the request was handed to the kernel.
    var sentAt: UInt64 = 0
    var firstByteAt: UInt64 = 0
    var endedAt: UInt64 = 0
    /// Spent on making the connection, in ns; 0 where one was there.
    var connecting: UInt64 = 0
    /// Spent on TLS, in ns.
    var handshaking: UInt64 = 0
    var bytesSent: UInt64 = 0
    var bytesReceived: UInt64 = 0
    /// Of the reply's body, without the framing of chunks.
    var bodyBytes: UInt64 = 0
    /// The reply's header lines as they came.
    var replyHead = RawBytes()
    var replyBody = RawBytes()
    /// Whose the body of a stream is, from its first byte.
    var stream: UserStream?

    /// When the request was answered: a stream has no last byte to wait for, and has answered when its first has come.
    var answeredAt: UInt64 { isStream && firstByteAt > 0 ? firstByteAt : endedAt }

    /// The body of the request, nil if it has none.
    var body: UnsafeBufferPointer<UInt8>? {
        guard layout.hasBody else { return nil }
        return UnsafeBufferPointer(rebasing: request.bytes[layout.bodyStart...])
    }

    mutating func clearReply() {
        status = 0
        error = nil
        startedAt = 0
        sendingAt = 0
        sentAt = 0
        firstByteAt = 0
        endedAt = 0
        connecting = 0
        handshaking = 0
        bytesSent = 0
        bytesReceived = 0
        bodyBytes = 0
        replyHead.trim(to: 4_096)
        replyHead.clear()
        replyBody.trim(to: 4_096)
        replyBody.clear()
    }

    /// Takes a piece of the reply's body.
    ///
    /// By its place, because whoever receives a stream's events looks at the exchange meanwhile.
    ///
    /// - Returns: whether the body is still within ``bodyMaximum``, which streams need not be.
    static func takeBody(_ bytes: UnsafeBufferPointer<UInt8>, of exchange: UnsafeMutablePointer<Exchange>) -> Bool {
        exchange.pointee.bodyBytes += UInt64(bytes.count)
        if exchange.pointee.isStream {
            let stream = exchange.pointee.stream
            stream?.consume(bytes)
            return true
        }
        if exchange.pointee.keepsBody, let start = bytes.baseAddress {
            exchange.pointee.replyBody.append(start, min(bodyLimit - exchange.pointee.replyBody.count, bytes.count))
        }
        return exchange.pointee.bodyBytes <= bodyMaximum
    }

    mutating func free() {
        stream = nil
        request.free()
        replyHead.free()
        replyBody.free()
    }
}
