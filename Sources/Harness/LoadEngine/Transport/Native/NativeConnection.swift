/// What the native transport keeps for one virtual user: a socket, and how far his request and its reply are.
///
/// ```
/// closed ─ start ─▶ connecting ─ writable ─▶ sending ─ all written ─▶ receiving ─ reply whole ─▶ idle ─ start ─▶ sending
///   ▲                                                                     └─ it ends the connection ─▶ closed      │
///   └──── the server closed it, another origin, an error, cancel ◀──────────────────────────────────────────────────┘
/// ```
struct NativeConnection {
    enum State: UInt8 {
        case closed, connecting, sending, receiving, idle
    }

    var exchange = Exchange()
    var parser = ReplyParser()
    var descriptor: Int32 = -1
    var state = State.closed
    /// Where the socket leads.
    var origin = 0
    /// Bytes of the request that the kernel has.
    var written = 0
    var connectingSince: UInt64 = 0
    /// Whether the socket has carried a request before: then its being closed may only mean that the server was tired of it.
    var isReused = false
    /// Whether the request has been repeated on a fresh connection.
    var isRepeated = false

    /// Whether a request is under way.
    var isBusy: Bool { state != .closed && state != .idle }
}
