/// Reads Kafka's primitive types from the front of a payload; nil once there is not enough left.
///
/// https://kafka.apache.org/protocol#protocol_types
struct KafkaPayload {
    let bytes: [UInt8]
    private(set) var index: Int

    init(_ bytes: [UInt8], from index: Int = 0) {
        self.bytes = bytes
        self.index = index
    }

    mutating func skip(_ count: Int) -> Void? {
        guard count >= 0, count <= bytes.count - index else { return nil }
        index += count
        return ()
    }

    /// Big-endian.
    mutating func integer(_ width: Int) -> Int64? {
        guard bytes.count - index >= width else { return nil }
        var value: UInt64 = 0
        for byte in bytes[index..<(index + width)] {
            value = value << 8 | UInt64(byte)
        }
        index += width
        let shift = UInt64(64 - 8 * width)
        return Int64(bitPattern: value << shift) >> Int64(shift)
    }

    mutating func unsignedVarint() -> Int? {
        var value = 0
        for shift in stride(from: 0, to: 35, by: 7) {
            guard index < bytes.count else { return nil }
            let byte = bytes[index]
            index += 1
            value |= Int(byte & 0x7F) << shift
            if byte & 0x80 == 0 {
                return value
            }
        }
        return nil
    }

    /// A length, of a text if `width` is 2 and of a list if it is 4, or the compact form of either; -1 is null.
    mutating func length(_ width: Int, isCompact: Bool) -> Int? {
        isCompact ? unsignedVarint().map { $0 - 1 } : integer(width).map { Int($0) }
    }

    /// Null reads as empty.
    mutating func text(isCompact: Bool) -> String? {
        guard let length = length(2, isCompact: isCompact) else { return nil }
        guard length > 0 else { return "" }
        guard length <= bytes.count - index else { return nil }
        defer { index += length }
        return String(decoding: bytes[index..<(index + length)], as: UTF8.self)
    }

    mutating func skipTaggedFields() -> Void? {
        guard let count = unsignedVarint() else { return nil }
        for _ in 0..<count {
            guard unsignedVarint() != nil, let size = unsignedVarint(), skip(size) != nil else { return nil }
        }
        return ()
    }
}
