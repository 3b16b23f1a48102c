/// Toxics and their records.
extension ProxyTable {
    func body(_ record: ToxicRecord) -> ToxicBody {
        let definition = record.definition
        return ToxicBody(
            attributes: definition.toxic.attributes,
            name: definition.name,
            type: definition.type,
            stream: definition.stream,
            toxicity: definition.toxicity
        )
    }

    func toxic(_ proxyName: String, _ name: String) throws(ProxyError) -> ToxicRecord {
        guard let record = try proxy(proxyName).toxics.first(where: { $0.definition.name == name }) else {
            throw ProxyError.noToxic(name)
        }
        return record
    }

    /// Puts a toxic in force, on open connections too.
    ///
    /// With `leaseSeconds` the proxy itself removes it after that time.
    func addToxic(_ proxyName: String, _ input: ToxicInput) throws(ProxyError) -> ToxicRecord {
        let proxy = try proxy(proxyName)
        let definition = try input.definition()
        guard !definition.name.isEmpty else { throw ProxyError.missing("name") }
        guard !proxy.toxics.contains(where: { $0.definition.name == definition.name }) else {
            throw ProxyError(.conflict, "toxic already exists: \"\(definition.name)\"")
        }
        guard proxy.toxics.count < Self.maximumToxics else {
            throw ProxyError(.conflict, "proxy \(proxyName) has \(Self.maximumToxics) toxics already; delete some")
        }
        let end = input.leaseSeconds.map { monotonicNow() + UInt64($0 * 1e9) }
        let record = ToxicRecord(
            id: nextRecord,
            proxy: proxyName,
            definition: definition,
            seed: input.seed ?? derivedSeed(proxyName, definition.name),
            leaseEnd: end
        )
        nextRecord += 1
        remember(record)
        proxy.toxics.append(record)
        relay.applyToxics(of: proxy)
        if let end {
            relay.timers.insert(due: end, Token(.leaseEnds, index: record.id))
        }
        return record
    }

    /// Changes toxicity and attributes, as Toxiproxy does: what is left out stays as it is.
    func updateToxic(_ proxyName: String, _ name: String, _ input: ToxicInput) throws(ProxyError) -> ToxicBody {
        let record = try toxic(proxyName, name)
        var attributes = record.definition.toxic.attributes.mapValues { JSONValue.integer($0) }
        for (key, value) in input.attributes where value != .null {
            attributes[key] = value
        }
        record.definition.toxic = try ToxicKinds.make(type: record.definition.type, attributes: attributes)
        record.definition.toxicity = input.toxicity ?? record.definition.toxicity
        relay.applyToxics(of: try proxy(proxyName))
        return body(record)
    }

    func removeToxic(_ proxyName: String, _ name: String) throws(ProxyError) {
        end(try toxic(proxyName, name))
    }

    func removeToxics(of proxy: RelayProxy) {
        guard !proxy.toxics.isEmpty else { return }
        for record in proxy.toxics {
            record.isActive = false
        }
        proxy.toxics = []
        relay.applyToxics(of: proxy)
    }

    func endLease(_ id: Int) {
        if let record = records.last(where: { $0.id == id }), record.isActive {
            end(record)
        } else if let rule = rules.last(where: { $0.id == id }), rule.isActive {
            end(rule)
        } else if let outage = outages.last(where: { $0.id == id }), outage.isActive {
            end(outage)
        }
    }

    func recordBodies() -> [ToxicRecordBody] {
        let now = monotonicNow()
        return records.map { record in
            let left = record.isActive ? record.leaseEnd.map { Double($0 > now ? $0 - now : 0) / 1e9 } : nil
            return ToxicRecordBody(
                id: record.id,
                proxy: record.proxy,
                toxic: record.definition.name,
                type: record.definition.type,
                stream: record.definition.stream,
                active: record.isActive,
                leaseSeconds: left,
                matched: record.counters.matchedChunks,
                applied: record.counters.appliedChunks,
                bytes: record.counters.matchedBytes,
                counters: record.counters
            )
        }
    }

    func end(_ record: ToxicRecord) {
        record.isActive = false
        guard let proxy = proxies[record.proxy] else { return }
        proxy.toxics.removeAll { $0 === record }
        relay.applyToxics(of: proxy)
    }

    private func remember(_ record: ToxicRecord) {
        records.append(record)
        forget(&records) { !$0.isActive }
    }
}
