/// What client and server agreed on, as far as the shape of replies depends on it.
///
/// https://mariadb.com/kb/en/connection/
struct MySQLCapabilities {
    /// MySQL's `CLIENT_LONG_PASSWORD`; MariaDB's extended capabilities are there where it is missing.
    private static let speaksMySQL: UInt64 = 1
    private static let compresses: UInt64 = 1 << 5
    private static let tls: UInt64 = 1 << 11
    private static let deprecatesEOF: UInt64 = 1 << 24
    private static let compressesWithZstd: UInt64 = 1 << 26
    private static let sendsAttributes: UInt64 = 1 << 27
    private static let cachesMetadata: UInt64 = 1 << 36
    private static let greetingReserved = 6

    private var server: UInt64 = 0
    private var client: UInt64 = 0

    private var agreed: UInt64 { server & client }
    /// Result sets end with an OK packet, and no EOF stands behind the columns.
    var deprecatesEOF: Bool { agreed & Self.deprecatesEOF != 0 }
    /// A result set says whether its columns are described.
    var cachesMetadata: Bool { agreed & Self.cachesMetadata != 0 }
    /// Queries may carry attributes before their text.
    var sendsAttributes: Bool { agreed & Self.sendsAttributes != 0 }
    var compresses: Bool { agreed & (Self.compresses | Self.compressesWithZstd) != 0 }
    var usesTLS: Bool { client & Self.tls != 0 }

    /// The server's first payload.
    mutating func readGreeting(_ bytes: [UInt8]) throws(Unfollowable) {
        guard bytes.first == 10 else { throw Unfollowable("not MySQL") }
        var payload = MySQLPayload(bytes, from: 1)
        payload.skipText()
        payload.skip(4 + 8 + 1)
        server = payload.integer(2)
        payload.skip(1 + 2)
        server |= payload.integer(2) << 16
        payload.skip(1 + Self.greetingReserved)
        if server & Self.speaksMySQL == 0 {
            server |= payload.integer(4) << 32
        }
    }

    /// The client's first payload.
    mutating func readResponse(_ bytes: [UInt8]) throws(Unfollowable) {
        guard bytes.count >= 32 else { throw Unfollowable("a client older than MySQL 4.1") }
        var payload = MySQLPayload(bytes)
        client = payload.integer(4)
        if client & Self.speaksMySQL == 0 {
            payload.skip(4 + 1 + 19)
            client |= payload.integer(4) << 32
        }
    }
}
