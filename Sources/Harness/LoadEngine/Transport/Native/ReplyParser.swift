import Glibc

/// Reads one HTTP/1.x reply (RFC 9112) from whatever pieces its bytes come in.
///
/// ```
/// status line ─▶ headers ─┬─ 1xx ─▶ status line
///                         ├─ no body ────────────────────────────────────────▶ done
///                         ├─ Content-Length ─▶ body ─────────────────────────▶ done
///                         ├─ chunked ─▶ size ─▶ data ─▶ end of data ─▶ size … ─▶ trailer ─▶ done
///                         └─ otherwise ─▶ body until the connection closes ──▶ done
/// ```
///
/// Nothing is allocated for a reply: lines of the head are gathered in the exchange's own buffer, and the body is handed on as it
/// comes. The outcome is the same however the bytes are split.
struct ReplyParser {
    enum Outcome: Equatable {
        case needsMore
        /// The reply is whole, after this many of the bytes just given.
        case complete(Int)
        case failed(TransportError)
    }

    enum State: UInt8 {
        case statusLine, headers, body, bodyUntilClose, chunkSize, chunkExtension, chunkData, chunkEnd, trailer, done
    }

    static let headLimit = 65_536
    static let lineLimit = 256
    static let chunkLineLimit = 4_096

    var state = State.statusLine
    /// The reply to HEAD has no body, whatever its head says.
    let isHead: Bool
    /// Whether the connection can carry another request.
    var keepsAlive = false
    var isChunked = false
    var contentLength: Int64 = -1
    var status: Int32 = 0
    /// Where the line being read starts in the exchange's `replyHead`.
    var lineStart = 0
    /// Bytes and lines of the heads (interim ones too), or of the trailer.
    var headBytes = 0
    var lines = 0
    /// Bytes of the body or of the chunk still to come; while a chunk's size is read, the size so far.
    var remaining: UInt64 = 0
    /// Bytes of the chunk-size line.
    var chunkLine = 0
    var hasChunkDigit = false
    /// A trailer's line has only been a CR so far, or nothing.
    var isEmptyLine = true

    init(isHead: Bool = false) {
        self.isHead = isHead
    }

    /// Takes the next bytes.
    mutating func consume(_ input: UnsafeBufferPointer<UInt8>, _ exchange: UnsafeMutablePointer<Exchange>) -> Outcome {
        var position = 0
        while true {
            let outcome: TransportError?
            switch state {
            case .statusLine, .headers: outcome = readHead(input, &position, exchange)
            case .body: outcome = readBody(input, &position, exchange, then: .done)
            case .bodyUntilClose: outcome = take(input, &position, input.count - position, exchange)
            case .chunkData: outcome = readBody(input, &position, exchange, then: .chunkEnd)
            case .chunkSize, .chunkExtension, .chunkEnd, .trailer: outcome = readFraming(input, &position)
            case .done: return .complete(position)
            }
            if let outcome { return .failed(outcome) }
            if position == input.count, state != .done { return .needsMore }
        }
    }

    /// The connection was closed: nil if that is how the reply was to end.
    func end(_ exchange: UnsafeMutablePointer<Exchange>) -> TransportError? {
        switch state {
        case .bodyUntilClose, .done: nil
        case .statusLine where headBytes == 0: .closed
        default: .incomplete
        }
    }

    private mutating func readBody(
        _ input: UnsafeBufferPointer<UInt8>,
        _ position: inout Int,
        _ exchange: UnsafeMutablePointer<Exchange>,
        then next: State
    ) -> TransportError? {
        let count = Int(min(remaining, UInt64(input.count - position)))
        remaining -= UInt64(count)
        if remaining == 0 { state = next }
        return take(input, &position, count, exchange)
    }

    private func take(
        _ input: UnsafeBufferPointer<UInt8>,
        _ position: inout Int,
        _ count: Int,
        _ exchange: UnsafeMutablePointer<Exchange>
    ) -> TransportError? {
        let bytes = UnsafeBufferPointer(rebasing: input[position..<(position + count)])
        position += count
        return Exchange.takeBody(bytes, of: exchange) ? nil : .bodyTooLarge
    }
}
