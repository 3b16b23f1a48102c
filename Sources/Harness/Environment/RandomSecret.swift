/// Secrets made for one environment.
enum RandomSecret {
    /// Lower-case hexadecimal text of `bytes` random bytes from the system's generator.
    static func hexadecimal(bytes: Int) -> String {
        var generator = SystemRandomNumberGenerator()
        let digits = Array("0123456789abcdef")
        return String((0..<bytes * 2).map { _ in digits[Int.random(in: 0..<16, using: &generator)] })
    }
}
