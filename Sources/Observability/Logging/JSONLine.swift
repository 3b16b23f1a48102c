import Logging

/// Builds one line of JSON.
struct JSONLine {
    private var bytes: [UInt8] = []
    private var needsComma = false

    init() {
        self.bytes.reserveCapacity(256)
        self.bytes.append(UInt8(ascii: "{"))
    }

    mutating func member(_ name: String, _ value: String) {
        self.name(name)
        self.string(value)
    }

    mutating func member(_ name: String, _ value: Logger.Metadata.Value) {
        self.name(name)
        self.value(value, depth: 0)
    }

    /// Begins an object that is a member.
    mutating func open(_ name: String) {
        self.name(name)
        self.bytes.append(UInt8(ascii: "{"))
        self.needsComma = false
    }

    /// Ends it.
    mutating func close() {
        self.bytes.append(UInt8(ascii: "}"))
        self.needsComma = true
    }

    /// The line, with its newline.
    consuming func finish() -> [UInt8] {
        self.bytes.append(UInt8(ascii: "}"))
        self.bytes.append(UInt8(ascii: "\n"))
        return self.bytes
    }

    private mutating func name(_ name: String) {
        if self.needsComma { self.bytes.append(UInt8(ascii: ",")) }
        self.string(name)
        self.bytes.append(UInt8(ascii: ":"))
        self.needsComma = true
    }

    private mutating func value(_ value: Logger.Metadata.Value, depth: Int) {
        switch value {
        case .string(let text): self.string(text)
        case .stringConvertible(let convertible): self.string(convertible.description)
        case .array(let values) where depth < 8:
            self.bytes.append(UInt8(ascii: "["))
            for (index, element) in values.enumerated() {
                if index > 0 { self.bytes.append(UInt8(ascii: ",")) }
                self.value(element, depth: depth + 1)
            }
            self.bytes.append(UInt8(ascii: "]"))
        case .dictionary(let members) where depth < 8:
            self.bytes.append(UInt8(ascii: "{"))
            for (index, member) in members.sorted(by: { $0.key < $1.key }).enumerated() {
                if index > 0 { self.bytes.append(UInt8(ascii: ",")) }
                self.string(member.key)
                self.bytes.append(UInt8(ascii: ":"))
                self.value(member.value, depth: depth + 1)
            }
            self.bytes.append(UInt8(ascii: "}"))
        default: self.string(value.description)
        }
    }

    private mutating func string(_ text: String) {
        self.bytes.append(UInt8(ascii: "\""))
        var written = 0
        for scalar in text.unicodeScalars {
            guard written < JSONLogHandler.maximumValueBytes else {
                self.bytes.append(contentsOf: "… (\(text.utf8.count) bytes)".utf8)
                break
            }
            written += 1
            switch scalar {
            case "\"": self.bytes.append(contentsOf: #"\""#.utf8)
            case "\\": self.bytes.append(contentsOf: #"\\"#.utf8)
            case "\n": self.bytes.append(contentsOf: #"\n"#.utf8)
            case "\r": self.bytes.append(contentsOf: #"\r"#.utf8)
            case "\t": self.bytes.append(contentsOf: #"\t"#.utf8)
            case "\u{0}"..."\u{1F}", "\u{7F}":
                let hex = String(scalar.value, radix: 16)
                self.bytes.append(contentsOf: "\\u".utf8)
                self.bytes.append(contentsOf: String(repeating: "0", count: 4 - hex.count).utf8)
                self.bytes.append(contentsOf: hex.utf8)
            default:
                if scalar.isASCII {
                    self.bytes.append(UInt8(truncatingIfNeeded: scalar.value))
                } else {
                    let encoded = UTF8.encode(scalar)
                    if let encoded {
                        written += encoded.count - 1
                        self.bytes.append(contentsOf: encoded)
                    }
                }
            }
        }
        self.bytes.append(UInt8(ascii: "\""))
    }
}
