/// A name for a hold that cannot be guessed: 128 random bits in hexadecimal.
enum HoldToken {
    private static let digits = Array("0123456789abcdef".utf8)

    static func make() -> String {
        var generator = SystemRandomNumberGenerator()
        let halves = (generator.next(), generator.next())
        return String(unsafeUninitializedCapacity: 32) { buffer in
            for index in 0..<16 {
                buffer[index] = digits[Int(halves.0 >> UInt64(index * 4) & 15)]
                buffer[16 + index] = digits[Int(halves.1 >> UInt64(index * 4) & 15)]
            }
            return 32
        }
    }
}
