/// The address that relative URLs are put after, taken apart once.
struct Gateway {
    let origin: Origin
    /// Its own path, without a trailing slash; mostly empty.
    let path: [UInt8]
    let text: String

    /// - Throws: ``SystemFailure`` unless it is `http(s)://HOST[:PORT]`, perhaps with a path.
    init(_ text: String) throws {
        self.text = text
        let bytes = Array(text.utf8)
        let scheme =
            text.firstRange(of: "://").map { text.utf8.distance(from: text.startIndex, to: $0.upperBound) } ?? 0
        let end = bytes[scheme...].firstIndex(of: UInt8(ascii: "/")) ?? bytes.endIndex
        guard let origin = Origin(bytes[..<end]) else {
            throw SystemFailure("the gateway \(text) is no http:// or https:// address")
        }
        self.origin = origin
        path = Array(bytes[end...])
    }
}
