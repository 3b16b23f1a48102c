/// The names and keywords of a statement, one after the other; literals and comments are passed over.
struct SQLWords: IteratorProtocol {
    private let text: ArraySlice<UInt8>
    private var index: Int

    init(_ text: ArraySlice<UInt8>) {
        self.text = text
        index = text.startIndex
    }

    mutating func next() -> String? {
        while index < text.endIndex {
            let byte = text[index]
            switch byte {
            case UInt8(ascii: "'"), UInt8(ascii: "\""): skipLiteral(byte)
            case UInt8(ascii: "/") where peek(1) == UInt8(ascii: "*"): skipComment()
            case UInt8(ascii: "#"): skipLine()
            case UInt8(ascii: "-") where peek(1) == UInt8(ascii: "-"): skipLine()
            default:
                guard Self.isWord(byte) else {
                    index += 1
                    continue
                }
                return word()
            }
        }
        return nil
    }

    private func peek(_ distance: Int) -> UInt8? {
        index + distance < text.endIndex ? text[index + distance] : nil
    }

    /// With the schema before it and without backticks.
    private mutating func word() -> String {
        var bytes: [UInt8] = []
        while index < text.endIndex, Self.isWord(text[index]) {
            if text[index] != UInt8(ascii: "`") {
                bytes.append(text[index])
            }
            index += 1
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    private mutating func skipLiteral(_ quote: UInt8) {
        index += 1
        while index < text.endIndex, text[index] != quote {
            index += text[index] == UInt8(ascii: "\\") ? 2 : 1
        }
        index += 1
    }

    private mutating func skipComment() {
        index += 2
        while index < text.endIndex, !(text[index] == UInt8(ascii: "*") && peek(1) == UInt8(ascii: "/")) {
            index += 1
        }
        index += 2
    }

    private mutating func skipLine() {
        while index < text.endIndex, text[index] != 0x0A {
            index += 1
        }
    }

    private static func isWord(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "$"), UInt8(ascii: "`"),
            UInt8(ascii: "."), 0x80...0xFF:
            true
        default: false
        }
    }
}
