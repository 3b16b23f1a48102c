/// A proxy that is down for a while.
extension ProxyTable {
    /// Nanoseconds after which a port that something else has taken is asked for again.
    private static let listenAgain: UInt64 = 50_000_000

    /// Closes all connections and refuses new ones until the lease ends, or someone enables the proxy.
    func takeDown(_ name: String, _ input: OutageInput) throws(ProxyError) -> RuleBody {
        let proxy = try proxy(name)
        guard proxy.isEnabled else { throw ProxyError(.conflict, "proxy \(name) is down already") }
        let outage = Outage(
            id: nextRecord,
            name: input.name,
            proxy: name,
            leaseEnd: leaseEnd(input.leaseSeconds, id: nextRecord),
            closed: UInt64(relay.connections(of: proxy))
        )
        nextRecord += 1
        outages.append(outage)
        forget(&outages) { !$0.isActive }
        try set(proxy, enabled: false)
        return body(outage)
    }

    /// Ends the one of that name, or whichever is in force.
    func endOutage(_ proxyName: String, _ name: String?) throws(ProxyError) {
        let proxy = try proxy(proxyName)
        let meant = outages.first { $0.isActive && $0.proxy == proxy.name && (name ?? $0.name) == $0.name }
        guard let meant else {
            throw ProxyError(.notFound, "proxy \(proxyName) is not down" + (name.map { " by \"\($0)\"" } ?? ""))
        }
        end(meant)
    }

    /// The proxy is enabled again, or gone.
    func endOutages(of proxy: RelayProxy) {
        for outage in outages where outage.isActive && outage.proxy == proxy.name {
            outage.isActive = false
        }
    }

    func end(_ outage: Outage) {
        guard let proxy = proxies[outage.proxy] else { return }
        do {
            try set(proxy, enabled: true)
        } catch {
            // Someone else listens there for the moment.
            relay.timers.insert(due: monotonicNow() + Self.listenAgain, Token(.leaseEnds, index: outage.id))
        }
    }

    func body(_ outage: Outage) -> RuleBody {
        RuleBody(
            id: outage.id,
            name: outage.name,
            proxy: outage.proxy,
            act: "down",
            active: outage.isActive,
            leaseSeconds: outage.isActive ? left(outage.leaseEnd) : nil,
            matched: outage.closed,
            applied: outage.closed,
            unseen: [:]
        )
    }
}
