/// Hex digits of trace and span ids.
enum TraceHex {
    /// 16 lower-case digits.
    static func text(_ word: UInt64) -> String {
        String(unsafeUninitializedCapacity: 16) { buffer in
            write(word, to: buffer, at: 0)
            return 16
        }
    }

    /// 32 lower-case digits.
    static func text(_ high: UInt64, _ low: UInt64) -> String {
        String(unsafeUninitializedCapacity: 32) { buffer in
            write(high, to: buffer, at: 0)
            write(low, to: buffer, at: 16)
            return 32
        }
    }

    /// Writes 16 lower-case digits.
    static func write(_ word: UInt64, to buffer: UnsafeMutableBufferPointer<UInt8>, at offset: Int) {
        for index in 0..<16 {
            let digit = UInt8(truncatingIfNeeded: word >> UInt64(60 - index * 4)) & 15
            buffer[offset + index] = digit < 10 ? UInt8(ascii: "0") + digit : UInt8(ascii: "a") - 10 + digit
        }
    }

    /// The number that exactly 16 hex digits spell.
    ///
    /// - Parameters:
    ///   - text: what was sent.
    ///   - strict: refuse upper case, as W3C asks for `traceparent`.
    /// - Returns: the number, which may be zero, or `nil`.
    static func word(_ text: Substring.UTF8View, strict: Bool) -> UInt64? {
        guard text.count == 16 else { return nil }
        return number(text, strict: strict)
    }

    /// The trace id that exactly 32 hex digits spell, or `nil` when they are not that or are all zero.
    static func trace(_ text: Substring.UTF8View, strict: Bool) -> (high: UInt64, low: UInt64)? {
        guard text.count == 32, let high = number(text.prefix(16), strict: strict),
            let low = number(text.dropFirst(16), strict: strict), high | low != 0
        else { return nil }
        return (high, low)
    }

    /// The byte that two hex digits spell, or `nil`.
    static func byte(_ text: Substring.UTF8View) -> UInt8? {
        guard text.count == 2, let number = number(text, strict: false) else { return nil }
        return UInt8(number)
    }

    private static func number(_ text: Substring.UTF8View, strict: Bool) -> UInt64? {
        var number: UInt64 = 0
        for byte in text {
            let digit: UInt8
            switch byte {
            case UInt8(ascii: "0")...UInt8(ascii: "9"): digit = byte - UInt8(ascii: "0")
            case UInt8(ascii: "a")...UInt8(ascii: "f"): digit = byte - UInt8(ascii: "a") + 10
            case UInt8(ascii: "A")...UInt8(ascii: "F") where !strict: digit = byte - UInt8(ascii: "A") + 10
            default: return nil
            }
            number = number << 4 | UInt64(digit)
        }
        return number
    }
}
