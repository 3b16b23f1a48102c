/// Where a message's body ends.
///
/// RFC 9112, section 6.
struct HTTPBodyReader {
    enum Framing: Equatable {
        case none
        case length(Int)
        case chunked
        /// Of replies only.
        case untilClose
    }

    private enum State {
        case data, chunkSize, chunkExtension, chunkData, chunkEnd, trailer
    }

    private static let longestChunk = 1 << 40
    private var framing: Framing
    private var state: State
    private var left = 0
    private var digits = 0
    private var lineLength = 0

    init(_ framing: Framing) {
        self.framing = framing
        state = framing == .chunked ? .chunkSize : .data
        if case .length(let length) = framing {
            left = length
        }
    }

    var isEmpty: Bool { framing == .none || framing == .length(0) }

    /// - Returns: whether the body is over.
    mutating func read(_ bytes: UnsafeRawBufferPointer, _ offset: inout Int) throws(Unfollowable) -> Bool {
        guard framing != .untilClose else {
            offset = bytes.count
            return false
        }
        while offset < bytes.count {
            switch state {
            case .data, .chunkData:
                let taken = min(left, bytes.count - offset)
                offset += taken
                left -= taken
                guard left == 0 else { return false }
                if state == .data {
                    return true
                }
                state = .chunkEnd
            case .chunkSize:
                try readSize(bytes[offset])
                offset += 1
            case .chunkExtension:
                if bytes[offset] == 0x0A {
                    endSize()
                }
                offset += 1
            case .chunkEnd:
                guard bytes[offset] == 0x0D || bytes[offset] == 0x0A else { throw Unfollowable("not HTTP/1.1") }
                if bytes[offset] == 0x0A {
                    digits = 0
                    left = 0
                    state = .chunkSize
                }
                offset += 1
            case .trailer:
                let byte = bytes[offset]
                offset += 1
                if byte == 0x0A {
                    if lineLength == 0 {
                        return true
                    }
                    lineLength = 0
                } else if byte != 0x0D {
                    lineLength += 1
                }
            }
        }
        return false
    }

    private mutating func readSize(_ byte: UInt8) throws(Unfollowable) {
        let digit: UInt8
        switch byte {
        case 0x30...0x39: digit = byte - 0x30
        case 0x41...0x46: digit = byte - 0x41 + 10
        case 0x61...0x66: digit = byte - 0x61 + 10
        case 0x0A where digits > 0: return endSize()
        case 0x0D where digits > 0, 0x3B where digits > 0, 0x20 where digits > 0:
            state = .chunkExtension
            return
        default: throw Unfollowable("not HTTP/1.1")
        }
        left = left * 16 + Int(digit)
        digits += 1
        guard left <= Self.longestChunk else { throw Unfollowable("not HTTP/1.1") }
    }

    private mutating func endSize() {
        lineLength = 0
        state = left == 0 ? .trailer : .chunkData
    }
}
