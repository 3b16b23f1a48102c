/// A value in extensible data notation, as far as Jepsen's histories need it (github.com/edn-format/edn).
indirect enum EDN: Equatable {
    case none
    /// Numbers keep their text: histories only compare them.
    case number(String)
    case text(String)
    case keyword(String)
    case symbol(String)
    case vector([EDN])
    /// In the order of the text.
    case map([(EDN, EDN)])

    static func == (left: EDN, right: EDN) -> Bool { left.printed == right.printed }

    /// The value of a keyword in a map.
    subscript(key: String) -> EDN? {
        guard case .map(let pairs) = self else { return nil }
        return pairs.first { $0.0 == .keyword(key) }?.1
    }

    /// The value as a text that is equal for equal values, and for no others.
    var printed: String {
        switch self {
        case .none: "nil"
        case .number(let text), .symbol(let text): text
        case .text(let text): "\"" + text + "\""
        case .keyword(let name): ":" + name
        case .vector(let parts): "[" + parts.map(\.printed).joined(separator: " ") + "]"
        case .map(let pairs): "{" + pairs.map { $0.0.printed + " " + $0.1.printed }.joined(separator: ", ") + "}"
        }
    }

    /// What a map's value is: a text without its quotes, and "" for nil.
    var content: String {
        switch self {
        case .none: ""
        case .text(let text): text
        default: printed
        }
    }

    /// All values of a line; commas are white space, and `;` begins a comment.
    static func values(of line: Substring, number: Int) throws(HistoryFormatError) -> [EDN] {
        var reader = EDNReader(line.utf8, line: number)
        return try reader.all()
    }
}

/// Reads values from the bytes of one line.
private struct EDNReader {
    private static let space = Set(" \t\r\n,".utf8)
    private static let delimiters = Set("()[]{}\";".utf8).union(space)
    /// Deeper nesting is no history.
    private static let depthLimit = 64

    private let bytes: [UInt8]
    private var place = 0
    private var depth = 0
    private let line: Int

    init(_ bytes: some Sequence<UInt8>, line: Int) {
        self.bytes = Array(bytes)
        self.line = line
    }

    mutating func all() throws(HistoryFormatError) -> [EDN] {
        var values: [EDN] = []
        while skipSpace() { values.append(try value()) }
        return values
    }

    /// Whether something is left.
    private mutating func skipSpace() -> Bool {
        while place < bytes.count, Self.space.contains(bytes[place]) { place += 1 }
        return place < bytes.count && bytes[place] != UInt8(ascii: ";")
    }

    private mutating func value() throws(HistoryFormatError) -> EDN {
        let first = bytes[place]
        switch first {
        case UInt8(ascii: "["), UInt8(ascii: "("):
            return .vector(try items(until: first == UInt8(ascii: "[") ? UInt8(ascii: "]") : UInt8(ascii: ")")))
        case UInt8(ascii: "{"):
            let items = try items(until: UInt8(ascii: "}"))
            guard items.count.isMultiple(of: 2) else { throw HistoryFormatError(line: line, "a map with half a pair") }
            return .map(stride(from: 0, to: items.count, by: 2).map { (items[$0], items[$0 + 1]) })
        case UInt8(ascii: "\""): return .text(try text())
        case UInt8(ascii: "]"), UInt8(ascii: ")"), UInt8(ascii: "}"):
            throw HistoryFormatError(line: line, "'\(Character(UnicodeScalar(first)))' closes nothing")
        default: return atom()
        }
    }

    private mutating func items(until close: UInt8) throws(HistoryFormatError) -> [EDN] {
        depth += 1
        defer { depth -= 1 }
        guard depth < Self.depthLimit else { throw HistoryFormatError(line: line, "nested too deeply") }
        place += 1
        var items: [EDN] = []
        while skipSpace() {
            if bytes[place] == close {
                place += 1
                return items
            }
            items.append(try value())
        }
        throw HistoryFormatError(line: line, "'\(Character(UnicodeScalar(close)))' is missing")
    }

    private mutating func text() throws(HistoryFormatError) -> String {
        place += 1
        var text: [UInt8] = []
        while place < bytes.count {
            let byte = bytes[place]
            place += 1
            if byte == UInt8(ascii: "\"") { return String(decoding: text, as: UTF8.self) }
            guard byte == UInt8(ascii: "\\"), place < bytes.count else {
                text.append(byte)
                continue
            }
            switch bytes[place] {
            case UInt8(ascii: "n"): text.append(UInt8(ascii: "\n"))
            case UInt8(ascii: "t"): text.append(UInt8(ascii: "\t"))
            case UInt8(ascii: "r"): text.append(UInt8(ascii: "\r"))
            case let other: text.append(other)
            }
            place += 1
        }
        throw HistoryFormatError(line: line, "a text without its closing quote")
    }

    private mutating func atom() -> EDN {
        let start = place
        while place < bytes.count, !Self.delimiters.contains(bytes[place]) { place += 1 }
        let text = String(decoding: bytes[start..<place], as: UTF8.self)
        if text == "nil" { return .none }
        if text.hasPrefix(":") { return .keyword(String(text.dropFirst())) }
        let digits = text.hasPrefix("-") || text.hasPrefix("+") ? text.dropFirst() : text[...]
        if let first = digits.utf8.first, (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(first) {
            return .number(text)
        }
        return .symbol(text)
    }
}
