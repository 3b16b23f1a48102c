/// The proxies, and what the API does to them.
///
/// Confined to the relay's thread, so each call is atomic.
final class ProxyTable {
    static let maximumProxies = 1_000
    static let maximumToxics = 100
    /// Records of toxics kept for reading their counters; beyond it the oldest that have ended are forgotten.
    static let maximumRecords = 10_000

    let relay: Relay
    private(set) var proxies: [String: RelayProxy] = [:]
    /// By id, ascending.
    var records: [ToxicRecord] = []
    var nextRecord = 0
    /// Rules that are or were in force, by id, ascending.
    var rules: [RuleRecord] = []
    var outages: [Outage] = []

    init(relay: Relay) {
        self.relay = relay
        relay.onLeaseEnd = { [unowned self] id in endLease(id) }
    }

    func body(_ proxy: RelayProxy) -> ProxyBody {
        ProxyBody(
            name: proxy.name,
            listen: proxy.listen.description,
            upstream: proxy.upstream.description,
            enabled: proxy.isEnabled,
            toxics: proxy.toxics.map { body($0) },
            protocol: proxy.spoken,
            unfollowed: proxy.spoken.map { _ in proxy.unfollowed },
            brokers: proxy.spoken == .kafka ? brokers(of: proxy) : nil
        )
    }

    private func brokers(of proxy: RelayProxy) -> [String: String] {
        Dictionary(proxy.brokers.map { ($0.upstream.description, $0.listen.description) }) { first, _ in first }
    }

    func bodies() -> [String: ProxyBody] {
        proxies.mapValues { body($0) }
    }

    func proxy(_ name: String) throws(ProxyError) -> RelayProxy {
        guard let proxy = proxies[name] else { throw ProxyError.noProxy(name) }
        return proxy
    }

    func create(_ input: ProxyInput) throws(ProxyError) -> ProxyBody {
        let (name, listen, upstream) = try input.required()
        guard !name.isEmpty else { throw ProxyError.missing("name") }
        guard proxies[name] == nil else { throw ProxyError(.conflict, "proxy already exists: \"\(name)\"") }
        return body(try add(name, listen, upstream, input.spoken, enabled: input.enabled ?? true))
    }

    /// Creates what is new, leaves alone what is equal, and replaces what differs.
    ///
    /// Nothing is done if an element is not valid.
    func populate(_ inputs: [ProxyInput]) throws(ProxyError) -> [ProxyBody] {
        var wanted: [(name: String, listen: SocketAddress, upstream: Endpoint, input: ProxyInput)] = []
        for (index, input) in inputs.enumerated() {
            do throws(ProxyError) {
                let (name, listen, upstream) = try input.required()
                guard !name.isEmpty else { throw ProxyError.missing("name") }
                wanted.append((name, listen, upstream, input))
            } catch {
                throw ProxyError(error.status, "\(error) at proxy \(index + 1)")
            }
        }
        var populated: [ProxyBody] = []
        for (name, listen, upstream, input) in wanted {
            let enabled = input.enabled ?? true
            if let present = proxies[name] {
                if isEqual(present, listen, upstream), present.spoken == input.spoken {
                    try set(present, enabled: enabled)
                    populated.append(body(present))
                    continue
                }
                remove(present)
            }
            populated.append(body(try add(name, listen, upstream, input.spoken, enabled: enabled)))
        }
        return populated
    }

    /// Changes what is given.
    ///
    /// A changed address restarts the proxy, which closes its connections; its toxics stay.
    func update(_ name: String, _ input: ProxyInput) throws(ProxyError) -> ProxyBody {
        let proxy = try proxy(name)
        let listen = try input.listen.map { endpoint throws(ProxyError) in try input.address(endpoint) } ?? proxy.listen
        let upstream = input.upstream ?? proxy.upstream
        let enabled = input.enabled ?? proxy.isEnabled
        let spoken = input.spoken ?? proxy.spoken
        if !isEqual(proxy, listen, upstream) || spoken != proxy.spoken {
            stop(proxy)
            proxy.spoken = spoken
            proxy.requestedListen = listen
            proxy.listen = listen
            proxy.upstream = upstream
            proxy.brokers = []
        }
        try set(proxy, enabled: enabled)
        return body(proxy)
    }

    func delete(_ name: String) throws(ProxyError) {
        remove(try proxy(name))
    }

    /// Enables every proxy and removes every toxic and every rule.
    func reset() throws(ProxyError) {
        var failure: ProxyError?
        for proxy in proxies.values {
            removeToxics(of: proxy)
            removeRules(of: proxy)
            do {
                try set(proxy, enabled: true)
            } catch {
                failure = error
            }
        }
        if let failure {
            throw failure
        }
    }

    func traffic() -> [ProxyTraffic] {
        proxies.values.sorted { $0.name < $1.name }.map { proxy in
            ProxyTraffic(
                name: proxy.name,
                listen: proxy.listen.description,
                upstream: proxy.upstream.description,
                connections: proxy.connections,
                upstreamBytes: proxy.upstreamBytes,
                downstreamBytes: proxy.downstreamBytes,
                unfollowed: proxy.unfollowed
            )
        }
    }

    private func add(
        _ name: String,
        _ listen: SocketAddress,
        _ upstream: Endpoint,
        _ spoken: ProxiedProtocol?,
        enabled: Bool
    ) throws(ProxyError) -> RelayProxy {
        guard proxies.count < Self.maximumProxies else {
            throw ProxyError(.conflict, "there are \(Self.maximumProxies) proxies already; delete some")
        }
        let proxy = RelayProxy(name: name, listen: listen, upstream: upstream, spoken: spoken)
        try set(proxy, enabled: enabled)
        proxies[name] = proxy
        return proxy
    }

    private func remove(_ proxy: RelayProxy) {
        stop(proxy)
        removeToxics(of: proxy)
        removeRules(of: proxy)
        endOutages(of: proxy)
        proxies[proxy.name] = nil
    }

    func set(_ proxy: RelayProxy, enabled: Bool) throws(ProxyError) {
        guard enabled != proxy.isEnabled else { return }
        guard enabled else { return stop(proxy) }
        do {
            try relay.listen(proxy)
        } catch {
            throw ProxyError(.internalError, error.description)
        }
        // Not before: an outage that is over would not try again.
        endOutages(of: proxy)
    }

    func stop(_ proxy: RelayProxy) {
        relay.stopListening(proxy)
        relay.closeConnections(of: proxy)
    }

    private func isEqual(_ proxy: RelayProxy, _ listen: SocketAddress, _ upstream: Endpoint) -> Bool {
        proxy.upstream == upstream && (proxy.listen == listen || proxy.requestedListen == listen)
    }
}
