/// Hex digits of trace and span ids.
enum TraceHex {
    private static let digits = Array("0123456789abcdef".utf8)

    /// Random digits, never all zero (zero is the invalid id).
    ///
    /// `digits` is a multiple of 16.
    static func random(digits count: Int) -> String {
        String(unsafeUninitializedCapacity: count) { buffer in
            for word in 0..<(count / 16) {
                var bits = UInt64.random(in: 1...UInt64.max)
                for digit in 0..<16 {
                    buffer[word * 16 + digit] = Self.digits[Int(bits & 0xF)]
                    bits >>= 4
                }
            }
            return count
        }
    }

    /// `text` in lower case if it is exactly `count` hex digits and not all zero.
    ///
    /// - Parameters:
    ///   - text: what was sent.
    ///   - count: its length.
    ///   - strict: refuse upper case, as W3C asks for `traceparent`.
    /// - Returns: the digits, or `nil`.
    static func identifier(_ text: Substring, digits count: Int, strict: Bool) -> String? {
        let utf8 = text.utf8
        guard utf8.count == count, utf8.contains(where: { $0 != UInt8(ascii: "0") }) else { return nil }
        let allowed = utf8.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "a")...UInt8(ascii: "f"): true
            case UInt8(ascii: "A")...UInt8(ascii: "F"): !strict
            default: false
            }
        }
        guard allowed else { return nil }
        return strict ? String(text) : text.lowercased()
    }

    /// The byte that two hex digits spell, or `nil`.
    static func byte(_ text: Substring) -> UInt8? {
        guard text.utf8.count == 2, text.allSatisfy({ $0.isHexDigit && $0.isASCII }) else { return nil }
        return UInt8(text, radix: 16)
    }
}
