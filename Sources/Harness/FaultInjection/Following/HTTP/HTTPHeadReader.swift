/// Collects the bytes of a message up to the empty line behind its fields.
struct HTTPHeadReader {
    private static let longest = 64 * 1_024

    private(set) var bytes: [UInt8] = []
    private var lineLength = 0

    /// - Returns: whether the head is whole.
    mutating func read(_ chunk: UnsafeRawBufferPointer, _ offset: inout Int) throws(Unfollowable) -> Bool {
        while offset < chunk.count {
            let byte = chunk[offset]
            offset += 1
            if byte == 0x0A {
                // Empty lines before a message mean nothing: RFC 9112, section 2.2.
                if lineLength == 0, !bytes.isEmpty {
                    return true
                }
                if !bytes.isEmpty {
                    bytes.append(byte)
                }
                lineLength = 0
            } else if byte != 0x0D {
                if bytes.isEmpty, byte == Unfollowable.tlsHandshake {
                    throw Unfollowable.tls
                }
                lineLength += 1
                bytes.append(byte)
            }
            guard bytes.count <= Self.longest else { throw Unfollowable("not HTTP/1.1") }
        }
        return false
    }
}
