import Glibc

/// Replies of Redis, RESP2 and RESP3.
///
/// https://redis.io/docs/latest/develop/reference/protocol-spec/
struct RESPReplyParser {
    private enum State {
        case type, line, number, body, bodyEnd
    }

    private static let longestBulk = 512 * 1_024 * 1_024
    /// Elements of one reply, nested ones included.
    private static let mostElements = 64 * 1_024 * 1_024

    /// The reply is one that nobody asked for: RESP3's push.
    private(set) var isPush = false
    private var state = State.type
    private var type: UInt8 = 0
    private var line = DecimalLine()
    private var bodyLeft = 0
    private var lastByte: UInt8 = 0
    /// Values still to come in this reply; 0 between replies.
    private var values = 0
    private var headIsMarked = false

    mutating func read(_ bytes: UnsafeRawBufferPointer, _ offset: inout Int) throws(Unfollowable) -> Mark {
        while offset < bytes.count {
            switch state {
            case .type:
                type = bytes[offset]
                offset += 1
                if values == 0 {
                    values = 1
                    isPush = type == UInt8(ascii: ">")
                    headIsMarked = false
                }
                try beginValue()
                if !headIsMarked, type != UInt8(ascii: "|") {
                    headIsMarked = true
                    return .head
                }
            case .line:
                guard let start = bytes.baseAddress?.advanced(by: offset) else { return .more }
                guard let feed = memchr(start, 0x0A, bytes.count - offset) else {
                    lastByte = bytes[bytes.count - 1]
                    offset = bytes.count
                    return .more
                }
                let length = UnsafeRawPointer(feed) - start
                let before = length > 0 ? bytes[offset + length - 1] : lastByte
                guard before == 0x0D else { throw Unfollowable("not RESP") }
                offset += length + 1
                if endValue() {
                    return .end
                }
            case .number:
                let byte = bytes[offset]
                offset += 1
                guard let number = try line.read(byte) else { continue }
                if try endLength(number) {
                    return .end
                }
            case .body:
                let taken = min(bodyLeft, bytes.count - offset)
                offset += taken
                bodyLeft -= taken
                if bodyLeft == 0 {
                    bodyLeft = 2
                    state = .bodyEnd
                }
            case .bodyEnd:
                guard bytes[offset] == (bodyLeft == 2 ? 0x0D : 0x0A) else { throw Unfollowable("not RESP") }
                offset += 1
                bodyLeft -= 1
                if bodyLeft == 0, endValue() {
                    return .end
                }
            }
        }
        return .more
    }

    private mutating func beginValue() throws(Unfollowable) {
        switch type {
        case UInt8(ascii: "+"), UInt8(ascii: "-"), UInt8(ascii: ":"), UInt8(ascii: "_"), UInt8(ascii: ","),
            UInt8(ascii: "#"), UInt8(ascii: "("):
            lastByte = 0
            state = .line
        case UInt8(ascii: "$"), UInt8(ascii: "!"), UInt8(ascii: "="), UInt8(ascii: "*"), UInt8(ascii: "~"),
            UInt8(ascii: ">"), UInt8(ascii: "%"), UInt8(ascii: "|"):
            line = DecimalLine()
            state = .number
        default:
            throw Unfollowable("not RESP")
        }
    }

    /// - Returns: whether the reply is over.
    private mutating func endLength(_ number: Int) throws(Unfollowable) -> Bool {
        switch type {
        case UInt8(ascii: "$"), UInt8(ascii: "!"), UInt8(ascii: "="):
            guard number <= Self.longestBulk, number >= -1 else { throw Unfollowable("not RESP") }
            // -1 is RESP2's null, which has no body.
            guard number >= 0 else { return endValue() }
            bodyLeft = number == 0 ? 2 : number
            state = number == 0 ? .bodyEnd : .body
            return false
        default:
            let isMap = type == UInt8(ascii: "%") || type == UInt8(ascii: "|")
            guard number >= -1, number <= Self.mostElements / 2 else { throw Unfollowable("not RESP") }
            values += max(0, number) * (isMap ? 2 : 1)
            guard values <= Self.mostElements else { throw Unfollowable("not RESP") }
            state = .type
            // An attribute stands before the value that it is about, and is none itself.
            return type == UInt8(ascii: "|") ? false : endValue()
        }
    }

    private mutating func endValue() -> Bool {
        values -= 1
        state = .type
        return values == 0
    }
}
