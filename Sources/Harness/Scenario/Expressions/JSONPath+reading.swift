extension JSONPath {
    /// The value at this path of a JSON document; ``Value/none`` when it is not there or the text is not JSON up to
    /// there.
    ///
    /// An object is given as its JSON text. Reads no further than it must, and copies nothing but the value.
    package func value(in bytes: UnsafeRawBufferPointer) -> Value {
        bytes.withMemoryRebound(to: UInt8.self) { buffer in
            var scanner = JSONScanner(buffer)
            return scanner.value(at: segments[...]) ?? .none
        }
    }

    package func value(in bytes: [UInt8]) -> Value {
        bytes.withUnsafeBytes { value(in: $0) }
    }

    /// Reads `$.seats[0].id`; nil when it is not a path.
    package init?(_ text: String) {
        guard text.hasPrefix("$") else { return nil }
        var scalars = Array(text.unicodeScalars)[...]
        guard let path = JSONPath(from: &scalars), scalars.isEmpty else { return nil }
        self = path
    }

    /// Takes a path off the front; nil when what follows the `$` is broken.
    init?(from scalars: inout ArraySlice<Unicode.Scalar>) {
        scalars = scalars.dropFirst()
        var segments: [Segment] = []
        while let next = scalars.first {
            if next == ".", let head = scalars.dropFirst().first, head.isNameStart {
                scalars = scalars.dropFirst()
                let name = scalars.prefix { $0.isNamePart }
                scalars = scalars.dropFirst(name.count)
                segments.append(.key(String(name)))
            } else if next == "[" {
                guard let segment = Self.bracket(&scalars) else { return nil }
                segments.append(segment)
            } else {
                break
            }
        }
        self.init(segments)
    }

    private static func bracket(_ scalars: inout ArraySlice<Unicode.Scalar>) -> Segment? {
        scalars = scalars.dropFirst()
        guard let first = scalars.first else { return nil }
        if first == "\"" || first == "'" {
            let key = scalars.dropFirst().prefix { $0 != first }
            scalars = scalars.dropFirst(key.count + 2)
            guard scalars.popFirst() == "]" else { return nil }
            return .key(String(key))
        }
        let digits = scalars.prefix { $0.isDigit }
        scalars = scalars.dropFirst(digits.count)
        guard let index = Int(String(digits)), index < 1_000_000, scalars.popFirst() == "]" else { return nil }
        return .index(index)
    }
}

extension Unicode.Scalar {
    var isDigit: Bool { ("0"..."9").contains(self) }
    var isNameStart: Bool { ("a"..."z").contains(self) || ("A"..."Z").contains(self) || self == "_" }
    var isNamePart: Bool { isNameStart || isDigit }
}

extension String {
    init(_ scalars: ArraySlice<Unicode.Scalar>) {
        self.init(String.UnicodeScalarView(scalars))
    }
}
