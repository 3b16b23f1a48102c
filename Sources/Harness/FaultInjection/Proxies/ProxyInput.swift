/// The body of `POST /proxies` and of an update: what is nil was left out.
struct ProxyInput: Sendable {
    var name: String?
    var listen: Endpoint?
    var upstream: Endpoint?
    var enabled: Bool?
    /// Ours: no client of Toxiproxy sends it.
    var spoken: ProxiedProtocol?

    /// - Throws: ``ProxyError`` (400) naming the field. Unknown fields are ignored, as Toxiproxy does.
    init(_ value: JSONValue) throws(ProxyError) {
        let fields = try value.fields()
        name = try fields.string("name")
        listen = try Self.endpoint(fields, "listen")
        upstream = try Self.endpoint(fields, "upstream")
        enabled = try fields.bool("enabled")
        let names = ProxiedProtocol.allCases.map(\.rawValue)
        spoken = try fields.choice("protocol", names).flatMap { ProxiedProtocol(rawValue: $0) }
        if let name, name.utf8.count > 255 {
            throw ProxyError.badBody("name: longer than 255 bytes")
        }
        if let upstream, upstream.port == 0 {
            throw ProxyError.badBody("upstream: port 0 cannot be dialled")
        }
    }

    /// What a new proxy needs.
    ///
    /// Without `listen` the kernel chooses a port of 127.0.0.1.
    func required() throws(ProxyError) -> (name: String, listen: SocketAddress, upstream: Endpoint) {
        guard let name else { throw ProxyError.missing("name") }
        guard let upstream else { throw ProxyError.missing("upstream") }
        return (name, try address(listen ?? Endpoint("127.0.0.1:0")), upstream)
    }

    /// The address of a listener must be at hand: a name would have to be looked up.
    func address(_ listen: Endpoint?) throws(ProxyError) -> SocketAddress {
        guard let address = listen?.address else {
            throw ProxyError.badBody("listen: expected a numeric address or localhost, found \"\(listen?.host ?? "")\"")
        }
        return address
    }

    private static func endpoint(_ fields: JSONFields, _ name: String) throws(ProxyError) -> Endpoint? {
        guard let text = try fields.string(name) else { return nil }
        guard let endpoint = Endpoint(text) else {
            throw ProxyError.badBody("\(name): expected host:port, found \"\(text.prefix(300))\"")
        }
        return endpoint
    }
}
