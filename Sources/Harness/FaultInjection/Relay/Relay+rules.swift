/// What rules do to live connections.
extension Relay {
    /// Takes over what the conversation hands on, in either direction, of the chunk that is in ``scratch``.
    func admit(_ conversation: Conversation, _ index: Int, _ slot: UnsafeMutablePointer<ConnectionSlot>) {
        let now = monotonicNow()
        var hasParcels = (up: false, down: false)
        for parcel in conversation.takeParcels() {
            let link = slab.link(index, parcel.stream)
            let pieces = parcel.pieces ?? [Piece(length: parcel.content.count, due: now)]
            switch parcel.content {
            case .chunk(let range):
                link.pointee.admit(scratch.advanced(by: range.lowerBound), pieces)
            case .own(let bytes):
                bytes.withUnsafeBytes { buffer in
                    if let start = buffer.baseAddress {
                        link.pointee.admit(start, pieces)
                    }
                }
            }
            if parcel.stream == .upstream {
                hasParcels.up = true
            } else {
                hasParcels.down = true
            }
        }
        if let (stream, cut) = conversation.cut {
            slab.link(index, stream).pointee.order(cut)
        }
        for stream in Stream.allCases where stream == .upstream ? hasParcels.up : hasParcels.down {
            // Reading for a full line would look like the end of its source.
            slab.link(index, stream).pointee.paused = slab.link(index, stream).pointee.line.room == 0
            if !slab.link(index, stream).pointee.blocked {
                deliver(index, slot, stream)
            }
        }
    }

    func connections(of proxy: RelayProxy) -> Int {
        var count = 0
        slab.forEach { _, slot in count += slot.pointee.proxy === proxy ? 1 : 0 }
        return count
    }

    /// Tells a new rule of the connections that it cannot look into.
    func announce(_ rule: RuleRecord, of proxy: RelayProxy) {
        slab.forEach { _, slot in
            if slot.pointee.proxy === proxy, let reason = slot.pointee.conversation?.unfollowed {
                rule.countUnseen(reason)
            }
        }
    }

    /// The rule is over: what it held back goes, and a connection that it silenced, and that cannot be healed, is closed.
    func release(_ rule: RuleRecord, of proxy: RelayProxy) {
        slab.forEach { index, slot in
            guard slot.pointee.proxy === proxy, let conversation = slot.pointee.conversation else { return }
            if conversation.isSilenced(by: rule) {
                closeConnection(index, slot, reset: false)
            }
        }
        applyToxics(of: proxy)
    }
}
