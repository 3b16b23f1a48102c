/// A whole number followed by CR LF, read a byte at a time.
struct DecimalLine {
    private var value = 0
    private var digits = 0
    private var isNegative = false
    private var sawReturn = false

    /// - Returns: the number, once its line is over.
    @inline(__always)
    mutating func read(_ byte: UInt8) throws(Unfollowable) -> Int? {
        switch byte {
        case 0x30...0x39 where !sawReturn && digits < 18:
            value = value &* 10 &+ Int(byte &- 0x30)
            digits += 1
            return nil
        case 0x2D where digits == 0 && !isNegative && !sawReturn:
            isNegative = true
            return nil
        case 0x0D where digits > 0 && !sawReturn:
            sawReturn = true
            return nil
        case 0x0A where sawReturn:
            return isNegative ? -value : value
        default:
            throw Unfollowable("not RESP")
        }
    }
}
