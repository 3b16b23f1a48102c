import CRDKafka

extension ReaderRun {
    /// Where a tail stands.
    struct TailPosition {
        /// The next offset of each partition.
        var next: [KafkaPartition: Int64]
        /// Partitions of which the broker threw something away before it was read.
        var trimmed: Set<KafkaPartition> = []
    }

    /// Begins to read the topics from the oldest message that the broker has.
    func begin(_ topics: [String]) throws(KafkaError) -> TailPosition {
        var partitions: [KafkaPartition] = []
        for topic in topics {
            partitions += try self.partitions(topic).map { KafkaPartition(topic: topic, partition: $0) }
        }
        let position = TailPosition(next: try self.offsets(partitions, at: Int64(RD_KAFKA_OFFSET_BEGINNING)))
        try self.assign(position.next)
        return position
    }

    /// Hands over what comes, until `isEnough`; a broker that is away is waited for.
    ///
    /// Where what is to be read next is gone, the oldest message must be found within `patience`, or before the deadline where that is nil.
    /// - Throws: ``KafkaError`` when it is not, or when the library gives up.
    func follow(
        _ position: inout TailPosition,
        _ onMessage: (KafkaMessage) -> Void,
        patience: Duration?,
        until isEnough: (TailPosition) throws(KafkaError) -> Bool
    ) throws(KafkaError) {
        while try !isEnough(position) {
            guard let pointer = rd_kafka_consumer_poll(self.handle.pointer, 100) else { continue }
            defer { rd_kafka_message_destroy(pointer) }
            let code = pointer.pointee.err
            switch code {
            case RD_KAFKA_RESP_ERR_NO_ERROR:
                let message = KafkaMessage(pointer)
                let partition = KafkaPartition(topic: message.topic, partition: message.partition)
                guard let next = position.next[partition], message.offset >= next else { continue }
                if message.offset > next { position.trimmed.insert(partition) }
                position.next[partition] = message.offset + 1
                onMessage(message)
            case RD_KAFKA_RESP_ERR__AUTO_OFFSET_RESET:
                // What was to be read next is gone: on from the oldest message that is there.
                if let patience { self.allow(patience) }
                let lows = try self.offsets(Array(position.next.keys), at: Int64(RD_KAFKA_OFFSET_BEGINNING))
                for (partition, low) in lows where low > position.next[partition] ?? 0 {
                    position.trimmed.insert(partition)
                    position.next[partition] = low
                }
                try self.assign(position.next)
            case RD_KAFKA_RESP_ERR__PARTITION_EOF: break
            case RD_KAFKA_RESP_ERR__FATAL: throw .library(code, doing: "follow the topics")
            default: self.callbacks.log(level: 5, facility: "TAIL", text: describe(code))
            }
        }
    }

    /// Reads on to where every partition ends now.
    func finish(
        _ position: inout TailPosition,
        _ onMessage: (KafkaMessage) -> Void
    ) throws(KafkaError) {
        let ends = try self.offsets(Array(position.next.keys), at: Int64(RD_KAFKA_OFFSET_END))
        try self.follow(&position, onMessage, patience: nil) { position throws(KafkaError) in
            let open = ends.filter { position.next[$0.key] ?? 0 < $0.value }
            guard !open.isEmpty, self.remaining == 0 else { return open.isEmpty }
            let left = open.map { "\($0.key.topic)/\($0.key.partition) up to offset \($0.value)" }.sorted()
            throw KafkaError(
                kind: .timedOut,
                outcome: .notExecuted,
                message: "not read within \(self.limit): \(left.joined(separator: ", "))"
            )
        }
    }

    private func assign(_ next: [KafkaPartition: Int64]) throws(KafkaError) {
        let code = withPartitionList(next.map { ($0.key, $0.value) }) { rd_kafka_assign(self.handle.pointer, $0) }
        guard code == RD_KAFKA_RESP_ERR_NO_ERROR else { throw .library(code, doing: "assign partitions to follow") }
    }
}
