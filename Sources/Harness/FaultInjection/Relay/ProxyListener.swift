/// A listening socket of a proxy, and where its connections go.
///
/// Confined to the relay's thread.
final class ProxyListener {
    /// In the tokens of its events.
    let id: Int
    /// It owns its listeners, and outlives them: they are closed before it is given up.
    unowned let proxy: RelayProxy
    /// With the port that the kernel chose.
    var listen: SocketAddress
    let upstream: Endpoint
    var descriptor: Int32 = -1

    init(id: Int, proxy: RelayProxy, listen: SocketAddress, upstream: Endpoint) {
        self.id = id
        self.proxy = proxy
        self.listen = listen
        self.upstream = upstream
    }
}
