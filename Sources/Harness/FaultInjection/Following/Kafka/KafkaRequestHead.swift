/// The header of a request, and the topics of Produce and Fetch.
///
/// https://kafka.apache.org/protocol#protocol_messages
struct KafkaRequestHead {
    let api: Int16
    let version: Int16
    let correlation: UInt32
    private var body: KafkaPayload
    private let isFlexible: Bool

    init?(_ bytes: [UInt8]) {
        var payload = KafkaPayload(bytes)
        guard let api = payload.integer(2), let version = payload.integer(2), let correlation = payload.integer(4),
            // The client's name is never compact, so that every broker can read it.
            payload.text(isCompact: false) != nil
        else { return nil }
        self.api = Int16(api)
        self.version = Int16(version)
        self.correlation = UInt32(truncatingIfNeeded: correlation)
        isFlexible = KafkaAPI.firstFlexible[self.api].map { version >= $0 } ?? false
        if isFlexible, payload.skipTaggedFields() == nil {
            return nil
        }
        body = payload
    }

    /// Produce with `acks=0` is never answered.
    var expectsReply: Bool {
        guard api == KafkaAPI.produce else { return true }
        var body = self.body
        guard version < 3 || body.text(isCompact: isFlexible) != nil else { return true }
        return body.integer(2) != 0
    }

    /// Those within what was kept of the request.
    /// - Returns: nil if the version does not name them.
    func topics() -> (names: [String], isComplete: Bool)? {
        switch api {
        case KafkaAPI.produce where version <= 12: produceTopics()
        case KafkaAPI.fetch where version <= 12: fetchTopics()
        default: nil
        }
    }

    private func produceTopics() -> (names: [String], isComplete: Bool) {
        var body = self.body
        var names: [String] = []
        guard version < 3 || body.text(isCompact: isFlexible) != nil, body.skip(2 + 4) != nil,
            let count = body.length(4, isCompact: isFlexible)
        else { return (names, false) }
        for _ in 0..<max(0, count) {
            guard let name = body.text(isCompact: isFlexible) else { return (names, false) }
            names.append(name)
            guard let partitions = body.length(4, isCompact: isFlexible) else { return (names, false) }
            for _ in 0..<max(0, partitions) {
                guard body.skip(4) != nil, let size = body.length(4, isCompact: isFlexible),
                    body.skip(max(0, size)) != nil, !isFlexible || body.skipTaggedFields() != nil
                else { return (names, names.count == count) }
            }
            guard !isFlexible || body.skipTaggedFields() != nil else { return (names, names.count == count) }
        }
        return (names, true)
    }

    private func fetchTopics() -> (names: [String], isComplete: Bool) {
        var body = self.body
        var names: [String] = []
        let fixed = 4 + 4 + 4 + (version >= 3 ? 4 : 0) + (version >= 4 ? 1 : 0) + (version >= 7 ? 8 : 0)
        // current_leader_epoch, fetch_offset, last_fetched_epoch, log_start_offset, partition_max_bytes
        let partition = 4 + (version >= 9 ? 4 : 0) + 8 + (version >= 12 ? 4 : 0) + (version >= 5 ? 8 : 0) + 4
        guard body.skip(fixed) != nil, let count = body.length(4, isCompact: isFlexible) else { return (names, false) }
        for _ in 0..<max(0, count) {
            guard let name = body.text(isCompact: isFlexible) else { return (names, false) }
            names.append(name)
            guard let partitions = body.length(4, isCompact: isFlexible) else { return (names, false) }
            for _ in 0..<max(0, partitions) {
                guard body.skip(partition) != nil, !isFlexible || body.skipTaggedFields() != nil else {
                    return (names, names.count == count)
                }
            }
            guard !isFlexible || body.skipTaggedFields() != nil else { return (names, names.count == count) }
        }
        return (names, true)
    }
}
