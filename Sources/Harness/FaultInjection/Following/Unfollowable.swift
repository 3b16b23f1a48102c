/// Why a connection cannot be followed any further: its bytes still pass, but no rule can look inside.
struct Unfollowable: Error, Equatable, Sendable {
    /// One of few, for it is counted by reason.
    let reason: String

    init(_ reason: String) {
        self.reason = reason
    }

    static let tls = Unfollowable("TLS")
    static let compression = Unfollowable("compression")
    static let strayReply = Unfollowable("a reply to no request")
    static let tooManyRequests = Unfollowable("too many requests without a reply")

    /// The first byte of a TLS record that opens a handshake.
    static let tlsHandshake: UInt8 = 0x16
}
