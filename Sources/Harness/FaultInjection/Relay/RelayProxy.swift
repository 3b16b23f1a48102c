/// A proxy as the relay's thread knows it.
///
/// Confined to that thread.
final class RelayProxy {
    let name: String
    /// As asked for: port 0 stays 0, so that the same request is recognised as equal.
    var requestedListen: SocketAddress
    /// With the port that the kernel chose, once it has listened.
    var listen: SocketAddress
    var upstream: Endpoint
    /// Followed from the first byte of each connection; nil: bytes are bytes.
    var spoken: ProxiedProtocol?
    /// Nil while the proxy is disabled.
    var listener: ProxyListener?
    /// Kafka: one for each broker that a reply has named; they keep their ports while the proxy is disabled.
    var brokers: [ProxyListener] = []
    /// Opens a listener for a broker; set by the relay.
    var openBroker: ((Endpoint) -> SocketAddress?)?
    /// In the order in which they were added.
    var toxics: [ToxicRecord] = []
    /// In force, in the order in which they were made.
    var rules: [RuleRecord] = [] {
        didSet {
            holdsRequests = rules.contains { $0.definition.place == .request }
            longestDelays = rules.compactMap(\.definition.act.longestDelay)
        }
    }
    /// A request must be understood before any of it is passed on.
    private(set) var holdsRequests = false
    /// Of the rules, by how much is queued.
    private var longestDelays: [(_ offset: Int) -> UInt64] = []
    /// Connections that could not be followed to their end, by reason.
    var unfollowed: [String: UInt64] = [:]
    /// Accepted since the start.
    var connections: UInt64 = 0
    /// Received from clients since the start.
    var upstreamBytes: UInt64 = 0
    /// Received from the upstream since the start.
    var downstreamBytes: UInt64 = 0

    init(name: String, listen: SocketAddress, upstream: Endpoint, spoken: ProxiedProtocol?) {
        self.name = name
        requestedListen = listen
        self.listen = listen
        self.upstream = upstream
        self.spoken = spoken
    }

    var isEnabled: Bool { listener != nil }

    /// Where clients are to go for a broker.
    func listener(for broker: Endpoint) -> SocketAddress? {
        if broker == upstream {
            return listen
        }
        return brokers.first { $0.upstream == broker }?.listen ?? openBroker?(broker)
    }

    func makeConversation(number: UInt64) -> Conversation? {
        spoken.map { Conversation(proxy: self, dialect: $0.makeDialect(), number: number) }
    }

    /// Nanoseconds by which rules may still hold back a byte with `offset` bytes queued before it.
    func longestRuleDelay(behind offset: Int) -> UInt64 {
        longestDelays.map { $0(offset) }.max() ?? 0
    }
}
