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
        let record = RuleRecord(
            id: nextRecord,
            proxy: proxyName,
            definition: definition,
            seed: definition.seed ?? derivedSeed(proxyName, definition.name),
            leaseEnd: leaseEnd(definition.leaseSeconds, id: nextRecord)
        )
        nextRecord += 1
        rules.append(record)
        forget(&rules) { !$0.isActive }
        proxy.rules.append(record)
        relay.announce(record, of: proxy)
        return body(record)
    }

    /// For a rule or toxic that was given no seed: from the relay's own, and apart from any other's.
    ///
    /// Of 53 bits, so that every JSON reader gets the number that it can give back.
    func derivedSeed(_ proxyName: String, _ name: String) -> UInt64 {
        var draw = SplitMix64(seed: relay.configuration.seed, seedPart(proxyName), seedPart(name))
        return draw.next() >> 11
    }

    func removeRule(_ proxyName: String, _ name: String) throws(ProxyError) {
        end(try rule(proxyName, name))
    }

    func removeRules(of proxy: RelayProxy) {
        for rule in proxy.rules {
            end(rule)
        }
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
