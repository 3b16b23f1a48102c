/// A proxy that is down for a while, and one-way partitions.
extension ProxyTable {
    /// Nanoseconds after which a port that something else has taken is asked for again.
    private static let listenAgain: UInt64 = 50_000_000

    /// Closes all connections and refuses new ones until the lease ends, or someone enables the proxy.
    func takeDown(_ name: String, _ input: OutageInput) throws(ProxyError) -> RuleBody {
        let proxy = try proxy(name)
        guard proxy.isEnabled else { throw ProxyError(.conflict, "proxy \(name) is down already") }
        let outage = Outage(id: nextRecord, proxy: name, leaseEnd: leaseEnd(input.leaseSeconds, id: nextRecord))
        outage.closed = UInt64(relay.connections(of: proxy))
        remember(outage)
        try set(proxy, enabled: false)
        return body(outage)
    }

    /// Nothing passes in one direction, not even the end of a stream.
    ///
    /// When it is over, connections that have lost bytes are closed.
    func partition(_ name: String, _ input: OutageInput) throws(ProxyError) -> RuleBody {
        guard let direction = input.direction else { throw ProxyError.missing("direction") }
        let toxicName = "partition_\(direction.rawValue)"
        let toxic = try addToxic(name, ToxicInput(blackhole: toxicName, direction, input.leaseSeconds))
        let end = monotonicNow() + UInt64(input.leaseSeconds * 1e9)
        let outage = Outage(id: nextRecord, proxy: name, leaseEnd: end, partition: toxic)
        remember(outage)
        return body(outage)
    }

    /// Ends what is in force of it.
    func endOutage(_ name: String, isPartition: Bool) throws(ProxyError) {
        let proxy = try proxy(name)
        let ended = outages.filter { $0.proxy == proxy.name && isInForce($0) && ($0.partition != nil) == isPartition }
        guard !ended.isEmpty else {
            throw ProxyError(.notFound, "proxy \(name) is not \(isPartition ? "partitioned" : "down")")
        }
        for outage in ended {
            end(outage)
        }
    }

    /// The proxy is enabled again, or gone.
    func endOutages(where isMeant: (Outage) -> Bool) {
        for outage in outages where outage.isActive && isMeant(outage) {
            outage.isActive = false
        }
    }

    func end(_ outage: Outage) {
        outage.isActive = false
        if let toxic = outage.partition {
            return toxic.isActive ? end(toxic) : ()
        }
        guard let proxy = proxies[outage.proxy] else { return }
        do {
            try set(proxy, enabled: true)
        } catch {
            // Someone else listens there for the moment.
            outage.isActive = true
            relay.timers.insert(due: monotonicNow() + Self.listenAgain, Token(.leaseEnds, index: outage.id))
        }
    }

    func body(_ outage: Outage) -> RuleBody {
        RuleBody(
            id: outage.id,
            name: outage.name,
            proxy: outage.proxy,
            act: outage.partition == nil ? "down" : "partition",
            active: isInForce(outage),
            leaseSeconds: isInForce(outage) ? left(outage.leaseEnd) : nil,
            matched: outage.matched,
            applied: outage.applied,
            unseen: [:]
        )
    }

    private func isInForce(_ outage: Outage) -> Bool { outage.partition?.isActive ?? outage.isActive }

    private func remember(_ outage: Outage) {
        nextRecord += 1
        outages.append(outage)
        forget(&outages) { !isInForce($0) }
    }
}
