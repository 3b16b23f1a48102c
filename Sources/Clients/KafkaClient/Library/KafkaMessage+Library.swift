import CRDKafka

extension KafkaMessage {
    /// Copies what librdkafka lends.
    init(_ message: UnsafePointer<rd_kafka_message_t>) {
        let raw = message.pointee
        var kind = RD_KAFKA_TIMESTAMP_NOT_AVAILABLE
        self.init(
            topic: raw.rkt.map { String(cString: rd_kafka_topic_name($0)) } ?? "",
            key: raw.key.map { Array(UnsafeRawBufferPointer(start: $0, count: raw.key_len)) },
            value: Array(UnsafeRawBufferPointer(start: raw.payload, count: raw.len)),
            headers: Self.headers(message),
            partition: raw.partition,
            offset: raw.offset,
            timestamp: rd_kafka_message_timestamp(message, &kind)
        )
    }

    private static func headers(_ message: UnsafePointer<rd_kafka_message_t>) -> [KafkaHeader] {
        var list: OpaquePointer?
        guard rd_kafka_message_headers(message, &list) == RD_KAFKA_RESP_ERR_NO_ERROR, let list else { return [] }
        return (0..<rd_kafka_header_cnt(list)).compactMap { index in
            var name: UnsafePointer<CChar>?
            var value: UnsafeRawPointer?
            var size = 0
            guard
                rd_kafka_header_get_all(list, index, &name, &value, &size) == RD_KAFKA_RESP_ERR_NO_ERROR,
                let name
            else { return nil }
            return KafkaHeader(String(cString: name), Array(UnsafeRawBufferPointer(start: value, count: size)))
        }
    }
}
