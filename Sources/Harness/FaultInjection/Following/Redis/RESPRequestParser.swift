/// Commands as Redis reads them: arrays of bulk strings, or inline.
///
/// https://redis.io/docs/latest/develop/reference/protocol-spec/
struct RESPRequestParser {
    private enum State {
        case start, count, bulkMark, bulkLength, body, bodyReturn, bodyFeed, inline
    }

    /// Redis' own limits: an argument, a command's arguments, an inline command.
    private static let longestBulk = 512 * 1_024 * 1_024
    private static let mostArguments = 1_024 * 1_024
    private static let longestInline = 64 * 1_024
    /// What is kept for rules.
    private static let capturedBytes = 4_096
    private static let capturedArguments = 64
    /// What is kept to follow: `CLIENT REPLY` must be told from `CLIENT LIST`.
    private static let followedBytes = 48

    var capturesAll = false
    /// Keys lie one after the other in ``captured``; here each one's end.
    private(set) var ends: [Int] = []
    private(set) var captured: [UInt8] = []
    /// Arguments that the command has, 0 for an empty line, which Redis ignores.
    private(set) var count = 0
    /// Not all arguments were kept.
    private(set) var isCut = false
    private var state = State.start
    private var line = DecimalLine()
    private var argumentsLeft = 0
    private var bodyLeft = 0
    private var inlineLength = 0
    private var headIsMarked = false

    mutating func read(_ bytes: UnsafeRawBufferPointer, _ offset: inout Int) throws(Unfollowable) -> Mark {
        while offset < bytes.count {
            let byte = bytes[offset]
            switch state {
            case .start:
                try begin(byte, &offset)
            case .count:
                offset += 1
                guard let number = try line.read(byte) else { continue }
                guard number <= Self.mostArguments else { throw Unfollowable("not RESP") }
                count = max(0, number)
                argumentsLeft = count
                state = count == 0 ? .start : .bulkMark
                if count == 0 {
                    return .end
                }
            case .bulkMark:
                guard byte == UInt8(ascii: "$") else { throw Unfollowable("not RESP") }
                offset += 1
                line = DecimalLine()
                state = .bulkLength
            case .bulkLength:
                offset += 1
                guard let number = try line.read(byte) else { continue }
                guard (0...Self.longestBulk).contains(number) else { throw Unfollowable("not RESP") }
                bodyLeft = number
                state = number == 0 ? .bodyReturn : .body
            case .body:
                let taken = min(bodyLeft, bytes.count - offset)
                capture(UnsafeRawBufferPointer(rebasing: bytes[offset..<(offset + taken)]))
                offset += taken
                bodyLeft -= taken
                if bodyLeft == 0 {
                    state = .bodyReturn
                }
                if marksHead() {
                    return .head
                }
            case .bodyReturn:
                guard byte == 0x0D else { throw Unfollowable("not RESP") }
                offset += 1
                state = .bodyFeed
            case .bodyFeed:
                guard byte == 0x0A else { throw Unfollowable("not RESP") }
                offset += 1
                endArgument()
                argumentsLeft -= 1
                state = argumentsLeft == 0 ? .start : .bulkMark
                if argumentsLeft == 0 {
                    return .end
                }
            case .inline:
                if try readInline(bytes, &offset) {
                    return .end
                }
            }
        }
        return .more
    }

    /// An argument that was kept; nil beyond those.
    func argument(_ index: Int) -> ArraySlice<UInt8>? {
        guard index < ends.count else { return nil }
        return captured[(index == 0 ? 0 : ends[index - 1])..<ends[index]]
    }

    private mutating func begin(_ byte: UInt8, _ offset: inout Int) throws(Unfollowable) {
        captured.removeAll(keepingCapacity: true)
        ends.removeAll(keepingCapacity: true)
        isCut = false
        headIsMarked = false
        inlineLength = 0
        switch byte {
        case UInt8(ascii: "*"):
            offset += 1
            line = DecimalLine()
            state = .count
        case Unfollowable.tlsHandshake:
            throw Unfollowable.tls
        default:
            state = .inline
        }
    }

    /// - Returns: whether the line is over.
    private mutating func readInline(_ bytes: UnsafeRawBufferPointer, _ offset: inout Int) throws(Unfollowable) -> Bool
    {
        while offset < bytes.count {
            let byte = bytes[offset]
            offset += 1
            guard byte != 0x0A else {
                splitInline()
                state = .start
                return true
            }
            inlineLength += 1
            guard inlineLength <= Self.longestInline else { throw Unfollowable("not RESP") }
            if captured.count < Self.capturedBytes {
                captured.append(byte)
            }
        }
        return false
    }

    /// At blanks; quotes around a word are taken off, as `redis-cli` needs it.
    private mutating func splitInline() {
        isCut = inlineLength > captured.count
        let words = captured.split { $0 == 0x20 || $0 == 0x09 || $0 == 0x0D }
        captured.removeAll(keepingCapacity: true)
        count = words.count
        for word in words {
            let isQuoted = word.count >= 2 && word.first == word.last && (word.first == 0x22 || word.first == 0x27)
            captured += isQuoted ? word.dropFirst().dropLast() : word
            ends.append(captured.count)
        }
    }

    private var keepsArgument: Bool {
        capturesAll
            ? ends.count < Self.capturedArguments && captured.count < Self.capturedBytes
            : ends.count < 2 && captured.count < Self.followedBytes
    }

    private mutating func capture(_ bytes: UnsafeRawBufferPointer) {
        guard keepsArgument else {
            isCut = true
            return
        }
        let room = (capturesAll ? Self.capturedBytes : Self.followedBytes) - captured.count
        captured.append(contentsOf: bytes.prefix(room))
        isCut = isCut || bytes.count > room
    }

    private mutating func endArgument() {
        guard !headIsMarked else { return }
        if ends.count < (capturesAll ? Self.capturedArguments : 2) {
            ends.append(captured.count)
        } else {
            isCut = true
        }
    }

    /// Once, when no more is kept of a long command, so that it need not be held back to its end.
    private mutating func marksHead() -> Bool {
        guard capturesAll, !headIsMarked, !keepsArgument else { return false }
        headIsMarked = true
        isCut = isCut || bodyLeft > 0 || argumentsLeft > 1
        if ends.count < Self.capturedArguments {
            // What there is of the argument under way counts as one.
            ends.append(captured.count)
        }
        return true
    }
}
