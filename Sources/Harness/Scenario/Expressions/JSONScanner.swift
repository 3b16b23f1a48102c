/// Walks over JSON text (RFC 8259) without building it: what a path does not lead to is skipped.
struct JSONScanner {
    /// Deeper documents are read as if they had nothing there.
    private static let maximumDepth = 64

    private let bytes: UnsafeBufferPointer<UInt8>
    private var position = 0

    init(_ bytes: UnsafeBufferPointer<UInt8>) {
        self.bytes = bytes
    }

    mutating func value(at path: ArraySlice<JSONPath.Segment>) -> Value? {
        skipSpace()
        guard let segment = path.first else { return value(depth: 0) }
        let found =
            switch segment {
            case .key(let key): enterObject(key)
            case .index(let index): enterArray(index)
            }
        return found ? value(at: path.dropFirst()) : nil
    }

    /// How far it has read, in bytes.
    var offset: Int { position }

    /// The members of an object that is the whole text; nil, with ``offset`` at the mistake, when it is none.
    mutating func members() -> [(key: String, value: Value)]? {
        skipSpace()
        guard take("{") else { return nil }
        var members: [(key: String, value: Value)] = []
        skipSpace()
        if !take("}") {
            repeat {
                skipSpace()
                guard let key = string() else { return nil }
                skipSpace()
                guard take(":") else { return nil }
                skipSpace()
                guard let value = value(depth: 0) else { return nil }
                members.append((key, value))
                skipSpace()
            } while take(",")
            guard take("}") else { return nil }
        }
        skipSpace()
        return peek() == nil ? members : nil
    }

    // MARK: Following the path

    private mutating func enterObject(_ wanted: String) -> Bool {
        guard take("{") else { return false }
        while true {
            skipSpace()
            guard let key = string() else { return false }
            skipSpace()
            guard take(":") else { return false }
            skipSpace()
            if key == wanted { return true }
            guard skipValue(depth: 0) else { return false }
            skipSpace()
            guard take(",") else { return false }
        }
    }

    private mutating func enterArray(_ wanted: Int) -> Bool {
        guard take("[") else { return false }
        skipSpace()
        if peek() == UInt8(ascii: "]") { return false }
        for _ in 0..<wanted {
            skipSpace()
            guard skipValue(depth: 0) else { return false }
            skipSpace()
            guard take(",") else { return false }
        }
        return true
    }

    // MARK: Values

    private mutating func value(depth: Int) -> Value? {
        guard depth < Self.maximumDepth, let first = peek() else { return nil }
        switch first {
        case UInt8(ascii: "\""): return string().map(Value.text)
        case UInt8(ascii: "t"): return word("true") ? .boolean(true) : nil
        case UInt8(ascii: "f"): return word("false") ? .boolean(false) : nil
        case UInt8(ascii: "n"): return word("null") ? Value.none : nil
        case UInt8(ascii: "["): return array(depth: depth)
        case UInt8(ascii: "{"):
            // Values have no objects: the object's text stands for it.
            let start = position
            guard skipValue(depth: depth) else { return nil }
            return .text(String(decoding: bytes[start..<position], as: UTF8.self))
        default: return number()
        }
    }

    private mutating func array(depth: Int) -> Value? {
        guard take("[") else { return nil }
        skipSpace()
        if take("]") { return .list([]) }
        var values: [Value] = []
        while true {
            skipSpace()
            guard let element = value(depth: depth + 1) else { return nil }
            values.append(element)
            skipSpace()
            if take("]") { return .list(values) }
            guard take(",") else { return nil }
        }
    }

    private mutating func number() -> Value? {
        let start = position
        while let byte = peek(), Self.isNumeric(byte) { position += 1 }
        guard position > start else { return nil }
        let text = String(decoding: bytes[start..<position], as: UTF8.self)
        if let whole = Int64(text) { return .integer(whole) }
        guard let real = Double(text), real.isFinite else { return nil }
        return .number(real)
    }

    private static func isNumeric(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "+"), UInt8(ascii: "."),
            UInt8(ascii: "e"), UInt8(ascii: "E"):
            true
        default: false
        }
    }

    private mutating func string() -> String? {
        guard take("\"") else { return nil }
        let start = position
        var escaped = false
        while let byte = peek() {
            position += 1
            switch byte {
            case UInt8(ascii: "\""):
                let raw = bytes[start..<(position - 1)]
                return escaped ? Self.unescape(raw) : String(decoding: raw, as: UTF8.self)
            case UInt8(ascii: "\\"):
                escaped = true
                position += 1
            default: break
            }
        }
        return nil
    }

    private static func unescape(_ raw: Slice<UnsafeBufferPointer<UInt8>>) -> String? {
        var units: [UInt16] = []
        var rest = Substring(decoding: raw, as: UTF8.self).utf16[...]
        while let unit = rest.popFirst() {
            guard unit == UInt16(UInt8(ascii: "\\")) else {
                units.append(unit)
                continue
            }
            guard let escape = rest.popFirst() else { return nil }
            switch UInt8(truncatingIfNeeded: escape) {
            case UInt8(ascii: "n"): units.append(0x0A)
            case UInt8(ascii: "t"): units.append(0x09)
            case UInt8(ascii: "r"): units.append(0x0D)
            case UInt8(ascii: "b"): units.append(0x08)
            case UInt8(ascii: "f"): units.append(0x0C)
            case UInt8(ascii: "u"):
                guard let code = UInt16(String(decoding: rest.prefix(4), as: UTF16.self), radix: 16) else { return nil }
                units.append(code)
                rest = rest.dropFirst(4)
            default: units.append(escape)
            }
        }
        return String(decoding: units, as: UTF16.self)
    }

    // MARK: Skipping

    private mutating func skipValue(depth: Int) -> Bool {
        guard depth < Self.maximumDepth, let first = peek() else { return false }
        switch first {
        case UInt8(ascii: "\""): return skipString()
        case UInt8(ascii: "{"), UInt8(ascii: "["): return skipContainer(depth: depth)
        default:
            let start = position
            while let byte = peek(), Self.isNumeric(byte) || (97...122).contains(byte) { position += 1 }
            return position > start
        }
    }

    private mutating func skipString() -> Bool {
        position += 1
        while let byte = peek() {
            position += byte == UInt8(ascii: "\\") ? 2 : 1
            if byte == UInt8(ascii: "\"") { return true }
        }
        return false
    }

    private mutating func skipContainer(depth: Int) -> Bool {
        let isObject = take("{")
        if !isObject { position += 1 }
        let end: Unicode.Scalar = isObject ? "}" : "]"
        skipSpace()
        if take(end) { return true }
        while true {
            skipSpace()
            if isObject {
                guard peek() == UInt8(ascii: "\""), skipString() else { return false }
                skipSpace()
                guard take(":") else { return false }
                skipSpace()
            }
            guard skipValue(depth: depth + 1) else { return false }
            skipSpace()
            if take(end) { return true }
            guard take(",") else { return false }
        }
    }

    // MARK: Bytes

    private func peek() -> UInt8? {
        position < bytes.count ? bytes[position] : nil
    }

    private mutating func take(_ character: Unicode.Scalar) -> Bool {
        guard let byte = peek(), UInt32(byte) == character.value else { return false }
        position += 1
        return true
    }

    private mutating func word(_ text: StaticString) -> Bool {
        for character in text.description.unicodeScalars {
            guard take(character) else { return false }
        }
        return true
    }

    private mutating func skipSpace() {
        while let byte = peek(), byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 { position += 1 }
    }
}
