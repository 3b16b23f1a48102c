import NIOCore

/// How long a connection may take over its requests, and how large their heads may be.
struct ConnectionLimits: Sendable {
    /// From a request's first byte to its last.
    let requestRead: TimeAmount
    /// For which nothing may be under way.
    let idle: TimeAmount

    /// The most bytes of target, names and values together.
    static let headBytes = 16 * 1024
    /// The most header fields.
    static let headFields = 100
    /// How long a refused client is listened to, unheard: closing at once would reset the connection, and it would not see why.
    static let linger = TimeAmount.seconds(1)

    init(_ settings: ServiceSettings) {
        requestRead = TimeAmount(settings.requestReadTimeout)
        idle = TimeAmount(settings.idleTimeout)
    }
}
