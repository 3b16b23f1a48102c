/// Reads a payload from its front; what is missing reads as 0.
struct MySQLPayload {
    private let bytes: [UInt8]
    private var index: Int

    init(_ bytes: [UInt8], from index: Int = 0) {
        self.bytes = bytes
        self.index = index
    }

    var rest: ArraySlice<UInt8> { index < bytes.count ? bytes[index...] : [] }

    mutating func skip(_ count: Int) {
        index += count
    }

    /// Little-endian.
    mutating func integer(_ width: Int) -> UInt64 {
        var value: UInt64 = 0
        for place in 0..<width where index + place < bytes.count {
            value |= UInt64(bytes[index + place]) << UInt64(8 * place)
        }
        index += width
        return value
    }

    /// Of one, three, four or nine bytes.
    mutating func lengthEncoded() -> UInt64 {
        switch integer(1) {
        case 0xFC: integer(2)
        case 0xFD: integer(3)
        case 0xFE: integer(8)
        case let small: small
        }
    }

    mutating func skipText() {
        while index < bytes.count, bytes[index] != 0 {
            index += 1
        }
        index += 1
    }
}
