import Crypto

/// A Lua script, called by its digest.
package struct RedisScript: Sendable {
    package let source: String
    /// The digest that `EVALSHA` knows the script by: 40 lower-case hex digits.
    package let sha1: String

    package init(_ source: String) {
        self.source = source
        sha1 = Insecure.SHA1.hash(data: Array(source.utf8)).map { byte in
            let digits = String(byte, radix: 16)
            return byte < 16 ? "0" + digits : digits
        }.joined()
    }
}
