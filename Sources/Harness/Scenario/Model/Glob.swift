import Glibc

/// A text with `*` for anything: what a header's value is compared with.
///
/// `\*` is a star itself. Values of `${expressions}` are taken as they are.
package struct Glob: Sendable, Equatable {
    /// What stands before, between and behind the stars.
    private let parts: [Template]

    init(_ pieces: [Template.Piece]) {
        var parts: [[Template.Piece]] = [[]]
        for piece in pieces {
            guard case .bytes(let bytes) = piece else {
                parts[parts.count - 1].append(piece)
                continue
            }
            var literal: [UInt8] = []
            var rest = bytes[...]
            while let byte = rest.popFirst() {
                if byte == UInt8(ascii: "\\"), rest.first == UInt8(ascii: "*") {
                    literal.append(UInt8(ascii: "*"))
                    rest = rest.dropFirst()
                } else if byte == UInt8(ascii: "*") {
                    parts[parts.count - 1].append(.bytes(literal))
                    parts.append([])
                    literal = []
                } else {
                    literal.append(byte)
                }
            }
            parts[parts.count - 1].append(.bytes(literal))
        }
        self.parts = parts.map { Template($0) }
    }

    package func matches(_ text: UnsafeBufferPointer<UInt8>, _ context: inout some ExpressionContext) -> Bool {
        let first = parts[0].bytes(&context)
        guard parts.count > 1 else { return text.elementsEqual(first) }
        let last = parts[parts.count - 1].bytes(&context)
        guard text.count >= first.count + last.count, text.starts(with: first),
            text.suffix(last.count).elementsEqual(last)
        else { return false }
        var rest = text[first.count..<(text.count - last.count)]
        for part in parts[1..<(parts.count - 1)] {
            let wanted = part.bytes(&context)
            guard let found = UnsafeBufferPointer(rebasing: rest).firstOffset(of: wanted) else { return false }
            rest = rest.dropFirst(found + wanted.count)
        }
        return true
    }
}

extension UnsafeBufferPointer<UInt8> {
    /// Where these bytes stand first.
    package func firstOffset(of wanted: [UInt8]) -> Int? {
        guard let first = wanted.first else { return 0 }
        guard let base = baseAddress else { return nil }
        return wanted.withUnsafeBytes { needle in
            guard let start = needle.baseAddress else { return nil }
            var position = 0
            while position + needle.count <= count {
                let left = count - needle.count - position + 1
                guard let found = memchr(base + position, Int32(first), left) else { return nil }
                position = UnsafeRawPointer(found) - UnsafeRawPointer(base)
                if memcmp(base + position, start, needle.count) == 0 { return position }
                position += 1
            }
            return nil
        }
    }
}

extension Template {
    /// The rendered text, as UTF-8; copies nothing if it has no expressions.
    package func bytes(_ context: inout some ExpressionContext) -> [UInt8] {
        if pieces.isEmpty { return [] }
        if pieces.count == 1, case .bytes(let bytes) = pieces[0] { return bytes }
        var bytes: [UInt8] = []
        render(into: &bytes, &context)
        return bytes
    }
}
