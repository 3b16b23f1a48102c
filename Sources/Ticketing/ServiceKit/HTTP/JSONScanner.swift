/// Reads a flat JSON object of a few plain fields from bytes, for paths on which Foundation's decoder would cost more than the work.
///
/// It understands strings without escapes and whole numbers. Whatever else it meets, it gives up, and the caller falls back to the real
/// decoder, whose errors are precise. So it must never accept what that one refuses.
package struct JSONScanner {
    /// A value of a field.
    package enum Value: Equatable {
        case text(String)
        case integer(Int)
    }

    private let bytes: UnsafeBufferPointer<UInt8>
    private var position = 0

    private init(_ bytes: UnsafeBufferPointer<UInt8>) { self.bytes = bytes }

    /// Calls `field` with the name and value of every field of the object in `bytes`; the name only lives for the call.
    ///
    /// - Returns: Whether all of `bytes` was understood; if not, what `field` was told must be forgotten.
    package static func scan(
        _ bytes: UnsafeBufferPointer<UInt8>,
        _ field: (UnsafeBufferPointer<UInt8>, Value) -> Void
    ) -> Bool {
        var scanner = JSONScanner(bytes)
        return scanner.object(field)
    }

    private mutating func object(_ field: (UnsafeBufferPointer<UInt8>, Value) -> Void) -> Bool {
        guard take(UInt8(ascii: "{")) else { return false }
        if take(UInt8(ascii: "}")) { return atEnd() }
        while true {
            guard let name = string(), take(UInt8(ascii: ":")), let value = value() else { return false }
            field(name, value)
            if take(UInt8(ascii: ",")) { continue }
            guard take(UInt8(ascii: "}")) else { return false }
            return atEnd()
        }
    }

    private mutating func value() -> Value? {
        skipSpace()
        guard position < bytes.count else { return nil }
        if bytes[position] == UInt8(ascii: "\"") {
            guard let text = string() else { return nil }
            return String(validating: text, as: UTF8.self).map(Value.text)
        }
        return integer().map(Value.integer)
    }

    private mutating func string() -> UnsafeBufferPointer<UInt8>? {
        guard take(UInt8(ascii: "\"")) else { return nil }
        let start = position
        while position < bytes.count {
            let byte = bytes[position]
            if byte == UInt8(ascii: "\"") {
                defer { position += 1 }
                return UnsafeBufferPointer(rebasing: bytes[start..<position])
            }
            guard byte >= 0x20, byte != UInt8(ascii: "\\") else { return nil }
            position += 1
        }
        return nil
    }

    private mutating func integer() -> Int? {
        let negative = position < bytes.count && bytes[position] == UInt8(ascii: "-")
        if negative { position += 1 }
        let start = position
        var number = 0
        while position < bytes.count, bytes[position] >= UInt8(ascii: "0"), bytes[position] <= UInt8(ascii: "9") {
            number = number * 10 + Int(bytes[position] - UInt8(ascii: "0"))
            position += 1
            guard position - start <= 15 else { return nil }
        }
        let digits = position - start
        guard digits > 0, digits == 1 || bytes[start] != UInt8(ascii: "0") else { return nil }
        // A fraction or an exponent is for the real decoder.
        if position < bytes.count, [UInt8(ascii: "."), UInt8(ascii: "e"), UInt8(ascii: "E")].contains(bytes[position]) {
            return nil
        }
        return negative ? -number : number
    }

    private mutating func take(_ byte: UInt8) -> Bool {
        skipSpace()
        guard position < bytes.count, bytes[position] == byte else { return false }
        position += 1
        return true
    }

    private mutating func atEnd() -> Bool {
        skipSpace()
        return position == bytes.count
    }

    private mutating func skipSpace() {
        while position < bytes.count, [0x20, 0x09, 0x0A, 0x0D].contains(bytes[position]) { position += 1 }
    }
}
