import CRDKafka
import Logging

/// One reading of topics, on the thread that made it.
final class ReaderRun {
    /// What is asked of one partition: offsets from `low`, below `high`.
    private struct Span {
        let partition: KafkaPartition
        let low: Int64
        let high: Int64
    }
    let handle: KafkaHandle
    let callbacks: KafkaCallbacks
    private var deadline: UInt64
    private(set) var limit: Duration
    private let maximumMessages: Int

    init(
        _ configuration: KafkaConfiguration,
        deadline: Duration,
        maximumMessages: Int,
        logger: Logger
    ) throws(KafkaError) {
        let properties = [
            "bootstrap.servers": configuration.bootstrapServers,
            "client.id": configuration.clientID,
            // librdkafka asks for a group's name even of those who never join it.
            "group.id": "\(configuration.clientID)-reader",
            "enable.auto.commit": "false",
            "enable.partition.eof": "true",
            "auto.offset.reset": "error",
            "fetch.wait.max.ms": "50",
            "socket.timeout.ms": "10000",
            "reconnect.backoff.max.ms": "1000",
        ].merging(configuration.properties) { _, override in override }
        self.limit = deadline
        self.deadline = monotonicNanoseconds() + deadline.nanoseconds
        self.maximumMessages = maximumMessages
        self.callbacks = KafkaCallbacks(logger)
        self.handle = try KafkaHandle.make(RD_KAFKA_CONSUMER, properties: properties, callbacks: self.callbacks)
        rd_kafka_poll_set_consumer(self.handle.pointer)
    }

    /// Does `work` on a thread of its own, with a client that is destroyed afterwards.
    static func perform<Answer: Sendable>(
        _ configuration: KafkaConfiguration,
        deadline: Duration,
        maximumMessages: Int,
        logger: Logger,
        _ work: @escaping @Sendable (ReaderRun) throws(KafkaError) -> Answer
    ) async throws(KafkaError) -> Answer {
        let result = await withCheckedContinuation {
            (continuation: CheckedContinuation<Result<Answer, KafkaError>, Never>) in
            do throws(KafkaError) {
                try KafkaThread.start(name: "kafka-reader") {
                    continuation.resume(
                        returning: Result { () throws(KafkaError) in
                            let run = try ReaderRun(
                                configuration,
                                deadline: deadline,
                                maximumMessages: maximumMessages,
                                logger: logger
                            )
                            defer { run.end() }
                            return try work(run)
                        }
                    )
                }
            } catch {
                continuation.resume(returning: .failure(error))
            }
        }
        return try result.get()
    }

    /// From now on there is as much time as `limit`.
    func allow(_ limit: Duration) {
        self.limit = limit
        self.deadline = monotonicNanoseconds() + limit.nanoseconds
    }

    /// Destroys the client; nothing else may be called afterwards.
    func end() {
        rd_kafka_consumer_close(self.handle.pointer)
        rd_kafka_destroy(self.handle.pointer)
    }

    /// How far the group that the client is named for has committed.
    func committed(_ topics: [String]) throws(KafkaError) -> [KafkaPartition: Int64] {
        let partitions = try self.partitions(topics)
        var found: [KafkaPartition: Int64] = [:]
        try self.retrying("find what the group has committed of \(topics.joined(separator: ", "))") { timeout in
            withPartitionList(partitions.map { ($0, Int64(RD_KAFKA_OFFSET_INVALID)) }) { list in
                let code = rd_kafka_committed(self.handle.pointer, list, timeout)
                guard code == RD_KAFKA_RESP_ERR_NO_ERROR, let list else { return code }
                for entry in KafkaClient.partitions(of: list) {
                    guard entry.code == RD_KAFKA_RESP_ERR_NO_ERROR else { return entry.code }
                    if entry.offset >= 0 { found[entry.partition] = entry.offset }
                }
                return RD_KAFKA_RESP_ERR_NO_ERROR
            }
        }
        return found
    }

    private func partitions(_ topics: [String]) throws(KafkaError) -> [KafkaPartition] {
        var partitions: [KafkaPartition] = []
        for topic in topics {
            partitions += try self.partitions(topic).map { KafkaPartition(topic: topic, partition: $0) }
        }
        return partitions
    }

    func read(_ topics: [String]) throws(KafkaError) -> [KafkaMessage] {
        let spans = try self.spans(self.partitions(topics))
        let expected = spans.reduce(into: Int64(0)) { $0 += $1.high - $1.low }
        guard expected <= Int64(self.maximumMessages) else {
            throw KafkaError(
                kind: .overloaded,
                outcome: .notExecuted,
                message: "\(topics) hold \(expected) messages, more than the \(self.maximumMessages) that may be read"
            )
        }
        let byPartition = try self.fetch(spans.filter { $0.high > $0.low })
        return spans.flatMap { byPartition[$0.partition] ?? [] }
    }

    var remaining: Int32 {
        let now = monotonicNanoseconds()
        return now < self.deadline ? Int32(min((self.deadline - now) / 1_000_000 + 1, 2_000_000_000)) : 0
    }

    /// Asks again until the deadline: a broker may be on its way up.
    private func retrying(_ what: String, _ call: (Int32) -> rd_kafka_resp_err_t) throws(KafkaError) {
        while true {
            let code = call(min(self.remaining, 2000))
            if code == RD_KAFKA_RESP_ERR_NO_ERROR { return }
            guard self.remaining > 0 else {
                throw KafkaError(
                    kind: .timedOut,
                    outcome: .notExecuted,
                    message: "cannot \(what) within \(self.limit): \(describe(code))"
                )
            }
            rd_kafka_poll(self.handle.pointer, min(self.remaining, 50))
        }
    }

    func partitions(_ topic: String) throws(KafkaError) -> [Int32] {
        guard let handle = rd_kafka_topic_new(self.handle.pointer, topic, nil) else {
            throw KafkaError(kind: .configuration, outcome: .notExecuted, message: "\(topic) cannot be a topic's name")
        }
        defer { rd_kafka_topic_destroy(handle) }
        var found: [Int32] = []
        try self.retrying("list the partitions of \(topic)") { timeout in
            var metadata: UnsafePointer<rd_kafka_metadata>?
            let code = rd_kafka_metadata(self.handle.pointer, 0, handle, &metadata, timeout)
            guard code == RD_KAFKA_RESP_ERR_NO_ERROR, let metadata else { return code }
            defer { rd_kafka_metadata_destroy(metadata) }
            guard metadata.pointee.topic_cnt > 0 else { return RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART }
            let described = metadata.pointee.topics[0]
            guard described.err == RD_KAFKA_RESP_ERR_NO_ERROR else { return described.err }
            found = (0..<Int(described.partition_cnt)).map { described.partitions[$0].id }.sorted()
            return found.isEmpty ? RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART : RD_KAFKA_RESP_ERR_NO_ERROR
        }
        return found
    }

    /// Where each partition begins and ends now.
    private func spans(_ partitions: [KafkaPartition]) throws(KafkaError) -> [Span] {
        let lows = try self.offsets(partitions, at: Int64(RD_KAFKA_OFFSET_BEGINNING))
        let highs = try self.offsets(partitions, at: Int64(RD_KAFKA_OFFSET_END))
        var spans: [Span] = []
        for partition in partitions {
            guard let low = lows[partition], let high = highs[partition], low >= 0, high >= low else {
                throw KafkaError(
                    kind: .broker(code: RD_KAFKA_RESP_ERR_UNKNOWN.rawValue),
                    outcome: .notExecuted,
                    message: "the broker does not say where \(partition.topic)/\(partition.partition) begins and ends"
                )
            }
            guard low == 0 else {
                throw KafkaError(
                    kind: .trimmed,
                    outcome: .notExecuted,
                    message: """
                        \(partition.topic)/\(partition.partition) begins at offset \(low): older messages are gone, \
                        so it cannot be read from the beginning
                        """
                )
            }
            spans.append(Span(partition: partition, low: low, high: high))
        }
        return spans
    }

    /// Asks for the beginning or the end of partitions.
    ///
    /// Not by `rd_kafka_query_watermark_offsets`: before librdkafka 2.3 it ignores its timeout while a leader is away.
    func offsets(_ partitions: [KafkaPartition], at end: Int64) throws(KafkaError) -> [KafkaPartition: Int64] {
        var found: [KafkaPartition: Int64] = [:]
        let names = Set(partitions.map(\.topic)).sorted().joined(separator: ", ")
        try self.retrying("find where \(names) begin and end") { timeout in
            withPartitionList(partitions.map { ($0, end) }) { list in
                let code = rd_kafka_offsets_for_times(self.handle.pointer, list, timeout)
                guard code == RD_KAFKA_RESP_ERR_NO_ERROR, let list else { return code }
                for entry in KafkaClient.partitions(of: list) {
                    guard entry.code == RD_KAFKA_RESP_ERR_NO_ERROR else { return entry.code }
                    found[entry.partition] = entry.offset
                }
                return RD_KAFKA_RESP_ERR_NO_ERROR
            }
        }
        return found
    }

    private func fetch(_ spans: [Span]) throws(KafkaError) -> [KafkaPartition: [KafkaMessage]] {
        guard !spans.isEmpty else { return [:] }
        var open = Dictionary(uniqueKeysWithValues: spans.map { ($0.partition, $0.high) })
        var read: [KafkaPartition: [KafkaMessage]] = [:]
        let code = withPartitionList(spans.map { ($0.partition, $0.low) }) {
            rd_kafka_assign(self.handle.pointer, $0)
        }
        guard code == RD_KAFKA_RESP_ERR_NO_ERROR else { throw .library(code, doing: "assign partitions to read") }
        while !open.isEmpty {
            guard self.remaining > 0 else {
                let left = open.map { "\($0.key.topic)/\($0.key.partition) up to offset \($0.value)" }.sorted()
                throw KafkaError(
                    kind: .timedOut,
                    outcome: .notExecuted,
                    message: "not read within \(self.limit): \(left.joined(separator: ", "))"
                )
            }
            guard let pointer = rd_kafka_consumer_poll(self.handle.pointer, min(self.remaining, 100)) else { continue }
            defer { rd_kafka_message_destroy(pointer) }
            let code = pointer.pointee.err
            switch code {
            case RD_KAFKA_RESP_ERR_NO_ERROR:
                let message = KafkaMessage(pointer)
                let partition = KafkaPartition(topic: message.topic, partition: message.partition)
                // What came after the call is not part of the answer.
                guard let high = open[partition], message.offset < high else { continue }
                read[partition, default: []].append(message)
                if message.offset == high - 1 { open[partition] = nil }
            case RD_KAFKA_RESP_ERR__PARTITION_EOF:
                // The end can lie before the last message's successor where the log has offsets without messages.
                let message = KafkaMessage(pointer)
                let partition = KafkaPartition(topic: message.topic, partition: message.partition)
                if let high = open[partition], message.offset >= high { open[partition] = nil }
            case RD_KAFKA_RESP_ERR__FATAL, RD_KAFKA_RESP_ERR__AUTO_OFFSET_RESET:
                throw .library(code, doing: "read the topics")
            default:
                // Brokers that are away are waited for until the deadline.
                self.callbacks.log(level: 5, facility: "READ", text: describe(code))
            }
        }
        return read
    }
}
