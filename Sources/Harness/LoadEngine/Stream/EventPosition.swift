/// An event's id where it is a place in an order: `17`, or `1700000000000-3` as Redis numbers the entries of a stream.
struct EventPosition: Equatable, Comparable {
    /// In Redis' ids the moment of the entry, ms since 1970-01-01 UTC by Redis' clock.
    let major: UInt64
    let minor: UInt64
    /// Whether there are two numbers.
    let isPair: Bool

    /// Nil for ids of any other form.
    init?(_ id: UnsafeBufferPointer<UInt8>) {
        let dash = id.firstIndex(of: UInt8(ascii: "-"))
        guard let major = DecimalDigits.read(UnsafeBufferPointer(rebasing: id[..<(dash ?? id.count)])) else {
            return nil
        }
        self.major = major
        isPair = dash != nil
        guard let dash else {
            minor = 0
            return
        }
        guard let minor = DecimalDigits.read(UnsafeBufferPointer(rebasing: id[(dash + 1)...])) else { return nil }
        self.minor = minor
    }

    static func < (left: EventPosition, right: EventPosition) -> Bool {
        (left.major, left.minor) < (right.major, right.minor)
    }
}

/// Numbers as digits alone.
enum DecimalDigits {
    /// Nil unless it is 1 to 19 digits.
    static func read(_ bytes: UnsafeBufferPointer<UInt8>) -> UInt64? {
        guard (1...19).contains(bytes.count) else { return nil }
        var number: UInt64 = 0
        for byte in bytes {
            guard byte >= 0x30, byte <= 0x39 else { return nil }
            number = number * 10 + UInt64(byte - 0x30)
        }
        return number
    }
}
