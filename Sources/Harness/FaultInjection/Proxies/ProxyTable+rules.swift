/// Rules and outages, and their records.
extension ProxyTable {
    static let maximumRules = 100

    func rule(_ proxyName: String, _ name: String) throws(ProxyError) -> RuleRecord {
        guard let rule = try proxy(proxyName).rules.first(where: { $0.definition.name == name }) else {
            throw ProxyError(.notFound, "rule not found: \"\(name)\"")
        }
        return rule
    }

    /// Puts a rule in force for messages that begin from now on, on open connections too.
    func addRule(_ proxyName: String, _ input: RuleInput) throws(ProxyError) -> RuleBody {
        let proxy = try proxy(proxyName)
        try input.check(proxyName, speaks: proxy.spoken)
        let definition = input.definition
        guard !proxy.rules.contains(where: { $0.definition.name == definition.name }) else {
            throw ProxyError(.conflict, "rule already exists: \"\(definition.name)\"")
        }
        guard proxy.rules.count < Self.maximumRules else {
            throw ProxyError(.conflict, "proxy \(proxyName) has \(Self.maximumRules) rules already; delete some")
        }
        var draw = SplitMix64(seed: relay.configuration.seed, seedPart(proxyName), seedPart(definition.name))
        let record = RuleRecord(
            id: nextRecord,
            proxy: proxyName,
            definition: definition,
            seed: definition.seed ?? draw.next(),
            leaseEnd: leaseEnd(definition.leaseSeconds, id: nextRecord)
        )
        nextRecord += 1
        rules.append(record)
        forget(&rules) { !$0.isActive }
        proxy.rules.append(record)
        relay.announce(record, of: proxy)
        return body(record)
    }

    func removeRule(_ proxyName: String, _ name: String) throws(ProxyError) {
        end(try rule(proxyName, name))
    }

    func removeRules(of proxy: RelayProxy) {
        for rule in proxy.rules {
            end(rule)
        }
        endOutages { $0.proxy == proxy.name }
    }

    func end(_ rule: RuleRecord) {
        rule.isActive = false
        guard let proxy = proxies[rule.proxy] else { return }
        proxy.rules.removeAll { $0 === rule }
        relay.release(rule, of: proxy)
    }

    func ruleBodies() -> [RuleBody] {
        (rules.map { body($0) } + outages.map { body($0) }).sorted { $0.id < $1.id }
    }

    func body(_ rule: RuleRecord) -> RuleBody {
        RuleBody(
            id: rule.id,
            name: rule.definition.name,
            proxy: rule.proxy,
            act: rule.definition.act.name,
            place: rule.definition.place.rawValue,
            active: rule.isActive,
            leaseSeconds: rule.isActive ? left(rule.leaseEnd) : nil,
            seed: rule.seed,
            matched: rule.matched,
            applied: rule.applied,
            unseen: rule.unseen
        )
    }

    func left(_ leaseEnd: UInt64) -> Double {
        let now = monotonicNow()
        return Double(leaseEnd > now ? leaseEnd - now : 0) / 1e9
    }

    func leaseEnd(_ seconds: Double, id: Int) -> UInt64 {
        let end = monotonicNow() + UInt64(seconds * 1e9)
        relay.timers.insert(due: end, Token(.leaseEnds, index: id))
        return end
    }

    /// Keeps a list of records within its bound, at the cost of the oldest that is over.
    func forget<Record>(_ records: inout [Record], where isOver: (Record) -> Bool) {
        if records.count > Self.maximumRecords, let oldest = records.firstIndex(where: isOver) {
            records.remove(at: oldest)
        }
    }
}
