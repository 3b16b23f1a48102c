/// A proxy as the relay's thread knows it.
///
/// Confined to that thread.
final class RelayProxy {
    let id: Int
    let name: String
    /// As asked for: port 0 stays 0, so that the same request is recognised as equal.
    var requestedListen: SocketAddress
    /// With the port that the kernel chose, once it has listened.
    var listen: SocketAddress
    var upstream: Endpoint
    /// The listening socket; -1 while the proxy is disabled.
    var listener: Int32 = -1
    /// In the order in which they were added.
    var toxics: [ToxicRecord] = []
    /// Accepted since the start.
    var connections: UInt64 = 0
    /// Received from clients since the start.
    var upstreamBytes: UInt64 = 0
    /// Received from the upstream since the start.
    var downstreamBytes: UInt64 = 0

    init(id: Int, name: String, listen: SocketAddress, upstream: Endpoint) {
        self.id = id
        self.name = name
        requestedListen = listen
        self.listen = listen
        self.upstream = upstream
    }

    var isEnabled: Bool { listener >= 0 }
}
