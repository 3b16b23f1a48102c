/// Base64 with the URL-safe alphabet and no padding (RFC 4648 §5), as JWTs have it.
enum Base64URL {
    private static let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_".utf8)

    static func encode(_ bytes: [UInt8]) -> [UInt8] {
        var text: [UInt8] = []
        text.reserveCapacity((bytes.count * 4 + 2) / 3)
        var index = 0
        while index < bytes.count {
            let left = bytes.count - index
            let first = bytes[index]
            let second = left > 1 ? bytes[index + 1] : 0
            let third = left > 2 ? bytes[index + 2] : 0
            text.append(alphabet[Int(first >> 2)])
            text.append(alphabet[Int((first & 0x03) << 4 | second >> 4)])
            if left > 1 { text.append(alphabet[Int((second & 0x0f) << 2 | third >> 6)]) }
            if left > 2 { text.append(alphabet[Int(third & 0x3f)]) }
            index += 3
        }
        return text
    }
}
