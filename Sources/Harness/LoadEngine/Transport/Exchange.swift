import Scenario

/// One request and its reply on a user's connection, reused from request to request.
///
/// The engine fills the upper part before `start`, the transport the lower part until the exchange is finished. Moments are
/// ns of CLOCK_MONOTONIC and 0 while they have not come.
struct Exchange {
    /// The most of a body that is kept; the rest is counted only.
    static let bodyLimit = 1 << 20

    var method = RequestMethod.get
    /// Absolute, NUL-terminated.
    var url = RawBytes()
    /// Lines `Name: value`, each NUL-terminated.
    var headers = RawBytes()
    var headerCount = 0
    var body = RawBytes()
    var hasBody = false
    var keepsBody = false
    /// A server-sent event stream: its body is scanned for events as it comes and not kept.
    var isStream = false

    /// 0 until a reply has begun.
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
    /// The reply's header lines as they came.
    var replyHead = RawBytes()
    var replyBody = RawBytes()
    var events = EventScanner()

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
        replyHead.clear()
        replyBody.trim(to: 65_536)
        replyBody.clear()
        events = EventScanner()
    }

    mutating func free() {
        url.free()
        headers.free()
        body.free()
        replyHead.free()
        replyBody.free()
    }
}
