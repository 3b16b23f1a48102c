/// A pattern as in Redis' `KEYS`, without classes: `*` is any bytes, `?` is one, `\` takes the next one literally.
struct Glob: Sendable, Equatable, CustomStringConvertible {
    private enum Element: Equatable {
        case any, one
        case byte(UInt8)
    }

    let description: String
    private let elements: [Element]
    private let ignoresCase: Bool

    init(_ pattern: String, ignoresCase: Bool = false) {
        description = pattern
        self.ignoresCase = ignoresCase
        var elements: [Element] = []
        var isEscaped = false
        for byte in pattern.utf8 {
            switch byte {
            case UInt8(ascii: "\\") where !isEscaped:
                isEscaped = true
                continue
            case UInt8(ascii: "*") where !isEscaped:
                if elements.last != .any {
                    elements.append(.any)
                }
            case UInt8(ascii: "?") where !isEscaped: elements.append(.one)
            default: elements.append(.byte(ignoresCase ? Self.uppercased(byte) : byte))
            }
            isEscaped = false
        }
        self.elements = elements
    }

    func matches(_ text: String) -> Bool { matches(Array(text.utf8)[...]) }

    /// Takes at most pattern × text steps, whatever the pattern: it goes back to the last `*` only.
    func matches(_ bytes: ArraySlice<UInt8>) -> Bool {
        var element = 0
        var index = bytes.startIndex
        var retry: (element: Int, index: Int)?
        while index < bytes.endIndex {
            if element < elements.count {
                switch elements[element] {
                case .any:
                    retry = (element, index)
                    element += 1
                    continue
                case .one:
                    element += 1
                    index += 1
                    continue
                case .byte(let byte):
                    if byte == (ignoresCase ? Self.uppercased(bytes[index]) : bytes[index]) {
                        element += 1
                        index += 1
                        continue
                    }
                }
            }
            guard let last = retry else { return false }
            retry = (last.element, last.index + 1)
            element = last.element + 1
            index = last.index + 1
        }
        return elements[element...].allSatisfy { $0 == .any }
    }

    private static func uppercased(_ byte: UInt8) -> UInt8 {
        (0x61...0x7A).contains(byte) ? byte & 0xDF : byte
    }
}
