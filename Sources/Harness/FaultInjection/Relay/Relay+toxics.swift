/// Toxics on live connections.
extension Relay {
    /// Gives every open connection of the proxy the chain that its toxics now say.
    func applyToxics(of proxy: RelayProxy) {
        slab.forEach { index, slot in
            guard slot.pointee.proxy === proxy else { return }
            applyChains(index, slot)
            guard slot.pointee.phase == .open else { return }
            for stream in Stream.allCases where !slab.link(index, stream).pointee.blocked {
                deliver(index, slot, stream)
            }
            settle(index, slot)
        }
    }

    func applyChains(_ index: Int, _ slot: UnsafeMutablePointer<ConnectionSlot>) {
        let now = monotonicNow()
        for stream in Stream.allCases {
            let link = slab.link(index, stream)
            let previous = link.pointee.chain
            let chain = slot.pointee.proxy.toxics
                .filter { $0.definition.stream == stream }
                .map { record in
                    LinkToxic(
                        record: record,
                        isDrawn: isDrawn(record, slot),
                        continuing: previous.first { $0.record === record },
                        at: now
                    )
                }
            guard !chain.isEmpty || !previous.isEmpty || slot.pointee.conversation != nil else { continue }
            link.pointee.replaceChain(chain, at: now, ruleDelay: slot.pointee.proxy.longestRuleDelay(behind:))
        }
    }

    /// The draw depends on the toxic's seed and the connection's number, and on nothing else, so raising the toxicity only ever adds
    /// connections.
    private func isDrawn(_ record: ToxicRecord, _ slot: UnsafeMutablePointer<ConnectionSlot>) -> Bool {
        var random = SplitMix64(seed: record.seed, slot.pointee.number)
        return random.unit() < record.definition.toxicity
    }
}
