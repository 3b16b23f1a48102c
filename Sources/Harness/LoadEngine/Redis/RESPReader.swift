import Scenario

/// A reply of Redis.
enum RESPReply: Equatable {
    case value(Value)
    /// An error reply: its text, such as `WRONGTYPE Operation against …`.
    case error(String)
}

/// Cuts replies (RESP2) out of bytes as they come.
///
/// https://redis.io/docs/latest/develop/reference/protocol-spec/
struct RESPReader {
    /// What is not the protocol, or longer than anything a scenario can want.
    struct Broken: Error {}

    /// The most bytes of one reply.
    static let maximumLength = 16 << 20
    private static let maximumDepth = 8

    private var bytes: [UInt8] = []
    private var start = 0

    mutating func append(_ more: UnsafeBufferPointer<UInt8>) {
        if start > 0 {
            bytes.removeFirst(start)
            start = 0
        }
        bytes.append(contentsOf: more)
    }

    /// The next whole reply; nil when more bytes are needed.
    mutating func next() throws(Broken) -> RESPReply? {
        var position = start
        guard let reply = try reply(at: &position, depth: 0) else {
            if bytes.count - start > Self.maximumLength { throw Broken() }
            return nil
        }
        start = position
        return reply
    }

    private func reply(at position: inout Int, depth: Int) throws(Broken) -> RESPReply? {
        guard depth < Self.maximumDepth else { throw Broken() }
        guard position < bytes.count else { return nil }
        let kind = bytes[position]
        position += 1
        guard let line = try line(at: &position) else { return nil }
        switch kind {
        case UInt8(ascii: "+"): return .value(.text(String(decoding: bytes[line], as: UTF8.self)))
        case UInt8(ascii: "-"): return .error(String(decoding: bytes[line], as: UTF8.self))
        case UInt8(ascii: ":"): return .value(.integer(Int64(try number(line))))
        case UInt8(ascii: "$"):
            let length = try number(line)
            guard length >= 0 else { return .value(.none) }
            guard length <= Self.maximumLength else { throw Broken() }
            guard position + length + 2 <= bytes.count else { return nil }
            let text = String(decoding: bytes[position..<(position + length)], as: UTF8.self)
            position += length + 2
            return .value(.text(text))
        case UInt8(ascii: "*"):
            let count = try number(line)
            guard count >= 0 else { return .value(.none) }
            guard count <= Self.maximumLength else { throw Broken() }
            var values: [Value] = []
            for _ in 0..<count {
                guard let element = try reply(at: &position, depth: depth + 1) else { return nil }
                switch element {
                case .value(let value): values.append(value)
                case .error(let text): values.append(.text(text))
                }
            }
            return .value(.list(values))
        default: throw Broken()
        }
    }

    /// The bytes up to CR LF, which it moves past; nil when they have not all come.
    private func line(at position: inout Int) throws(Broken) -> Range<Int>? {
        guard let end = bytes[position...].firstIndex(of: 0x0D) else { return nil }
        guard end + 1 < bytes.count else { return nil }
        guard bytes[end + 1] == 0x0A else { throw Broken() }
        defer { position = end + 2 }
        return position..<end
    }

    private func number(_ range: Range<Int>) throws(Broken) -> Int {
        guard let number = Int(String(decoding: bytes[range], as: UTF8.self)) else { throw Broken() }
        return number
    }

    /// A command as Redis reads it: an array of bulk strings.
    static func append(_ command: [[UInt8]], to bytes: inout [UInt8]) {
        bytes.append(contentsOf: "*\(command.count)\r\n".utf8)
        for word in command {
            bytes.append(contentsOf: "$\(word.count)\r\n".utf8)
            bytes.append(contentsOf: word)
            bytes.append(contentsOf: "\r\n".utf8)
        }
    }
}
