/// Cuts CSV (RFC 4180) into records: fields between commas, quoted where they hold commas, quotes or line breaks.
///
/// Blank lines are passed over; a line may end in CR LF or LF.
struct CSVScanner {
    struct Field: Equatable {
        let text: String
        /// Where it begins, in bytes from the start of the file.
        let start: Int
    }
    enum Record: Equatable {
        case record([Field])
        /// Where in the file, in bytes, and what is wrong.
        case broken(Int, String)
        case end
    }

    private static let quote = UInt8(ascii: "\"")
    private static let comma = UInt8(ascii: ",")

    private let bytes: [UInt8]
    private var position = 0

    init(_ bytes: [UInt8]) {
        self.bytes = bytes
    }

    mutating func next() -> Record {
        while position < bytes.count, endOfLine() {}
        guard position < bytes.count else { return .end }
        var fields: [Field] = []
        while true {
            let start = position
            // A file of commas alone must not fill the memory.
            guard fields.count < DataReader.maximumColumns else {
                return .broken(start, "more than \(DataReader.maximumColumns) fields")
            }
            if position < bytes.count, bytes[position] == Self.quote {
                guard let text = quoted() else { return .broken(start, "this quote is not closed") }
                fields.append(Field(text: text, start: start))
                guard position == bytes.count || bytes[position] == Self.comma || isAtEndOfLine else {
                    return .broken(position, "expected a comma or the end of the line after the closing quote")
                }
            } else {
                while position < bytes.count, bytes[position] != Self.comma, !isAtEndOfLine { position += 1 }
                fields.append(Field(text: String(decoding: bytes[start..<position], as: UTF8.self), start: start))
            }
            guard position < bytes.count, bytes[position] == Self.comma else {
                _ = endOfLine()
                return .record(fields)
            }
            position += 1
        }
    }

    /// The line and column of a byte, and the text of its line, for diagnostics.
    func place(of offset: Int) -> (position: SourcePosition, line: String) {
        let before = bytes[..<offset]
        let start = before.lastIndex(of: 0x0A).map { $0 + 1 } ?? 0
        let end = bytes[start...].firstIndex(of: 0x0A) ?? bytes.endIndex
        let text = String(decoding: bytes[start..<end], as: UTF8.self)
        let position = SourcePosition(
            line: before.count { $0 == 0x0A } + 1,
            column: String(decoding: bytes[start..<offset], as: UTF8.self).unicodeScalars.count + 1
        )
        return (position, text.hasSuffix("\r") ? String(text.dropLast()) : text)
    }

    private var isAtEndOfLine: Bool {
        bytes[position] == 0x0A
            || (bytes[position] == 0x0D && position + 1 < bytes.count && bytes[position + 1] == 0x0A)
    }

    private mutating func endOfLine() -> Bool {
        guard position < bytes.count, isAtEndOfLine else { return false }
        position += bytes[position] == 0x0A ? 1 : 2
        return true
    }

    /// What stands between quotes, a doubled one for one; nil when they are not closed.
    private mutating func quoted() -> String? {
        position += 1
        var text: [UInt8] = []
        while position < bytes.count {
            let byte = bytes[position]
            position += 1
            if byte == Self.quote {
                guard position < bytes.count, bytes[position] == Self.quote else {
                    return String(decoding: text, as: UTF8.self)
                }
                position += 1
            }
            text.append(byte)
        }
        return nil
    }
}
