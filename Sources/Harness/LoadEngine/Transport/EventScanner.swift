/// Counts the events of a server-sent event stream (HTML Living Standard, 9.2.6) and checks that their ids rise.
///
/// Ids that are whole numbers are compared; others (`epoch-sequence` pairs) are compared number by number. It keeps only the
/// line being read, at most 256 bytes of it: an id is at the start of its line.
struct EventScanner {
    private(set) var events: UInt64 = 0
    /// Events whose id was not above the one before.
    private(set) var outOfOrder: UInt64 = 0
    private var hasData = false
    private var line: [UInt8] = []
    private var lastID: [UInt64] = []
    private var previousWasCarriageReturn = false
    private static let kept = 256

    mutating func consume(_ bytes: UnsafeBufferPointer<UInt8>) {
        for byte in bytes {
            switch byte {
            case UInt8(ascii: "\n"):
                if !previousWasCarriageReturn { endLine() }
                previousWasCarriageReturn = false
            case UInt8(ascii: "\r"):
                endLine()
                previousWasCarriageReturn = true
            default:
                previousWasCarriageReturn = false
                if line.count < Self.kept { line.append(byte) }
            }
        }
    }

    private mutating func endLine() {
        defer { line.removeAll(keepingCapacity: true) }
        guard !line.isEmpty else {
            if hasData { events += 1 }
            hasData = false
            return
        }
        if line.starts(with: "data".utf8) {
            hasData = true
        } else if line.starts(with: "id:".utf8) {
            compare(Self.numbers(line.dropFirst(3)))
        }
    }

    private mutating func compare(_ id: [UInt64]) {
        guard !id.isEmpty else { return }
        if !lastID.isEmpty, !lastID.lexicographicallyPrecedes(id) { outOfOrder += 1 }
        lastID = id
    }

    private static func numbers(_ text: ArraySlice<UInt8>) -> [UInt64] {
        var numbers: [UInt64] = []
        var current: UInt64?
        for byte in text {
            if (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) {
                current = (current ?? 0) &* 10 &+ UInt64(byte - UInt8(ascii: "0"))
            } else if let number = current {
                numbers.append(number)
                current = nil
            }
        }
        if let current { numbers.append(current) }
        return numbers
    }
}
