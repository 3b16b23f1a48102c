import CRDKafka

/// A `rd_kafka_t*`.
struct KafkaHandle: @unchecked Sendable {
    // Safe to share: librdkafka's API is fully thread-safe (INTRODUCTION.md, "Threads and callbacks"); that nobody uses it
    // after `rd_kafka_destroy` is the duty of the one loop that owns it.
    let pointer: OpaquePointer

    /// Makes a client.
    ///
    /// - Parameters:
    ///   - kind: producer or consumer.
    ///   - properties: librdkafka's, by name.
    ///   - callbacks: the opaque of every callback; the caller keeps it alive until the handle is destroyed.
    ///   - configure: sets further callbacks.
    /// - Returns: the client, running.
    /// - Throws: ``KafkaError/Kind/configuration``, naming the property that was refused.
    static func make(
        _ kind: rd_kafka_type_t,
        properties: [String: String],
        callbacks: KafkaCallbacks,
        configure: (OpaquePointer?) -> Void = { _ in }
    ) throws(KafkaError) -> KafkaHandle {
        let configuration = rd_kafka_conf_new()
        var text = [CChar](repeating: 0, count: 512)
        func refusal(_ what: String) -> KafkaError {
            rd_kafka_conf_destroy(configuration)
            return KafkaError(kind: .configuration, outcome: .notExecuted, message: "\(what): \(string(text))")
        }
        for (name, value) in properties.sorted(by: { $0.key < $1.key }) {
            guard rd_kafka_conf_set(configuration, name, value, &text, text.count) == RD_KAFKA_CONF_OK else {
                throw refusal("Kafka property \(name)=\(value) was refused")
            }
        }
        rd_kafka_conf_set_opaque(configuration, Unmanaged.passUnretained(callbacks).toOpaque())
        rd_kafka_conf_set_log_cb(configuration, kafkaLogCallback)
        configure(configuration)
        guard let pointer = rd_kafka_new(kind, configuration, &text, text.count) else {
            throw refusal("cannot make a Kafka client")
        }
        return KafkaHandle(pointer: pointer)
    }
}

/// What librdkafka wrote into a character buffer.
func string(_ characters: [CChar]) -> String {
    String(decoding: characters.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
}

/// librdkafka's text for an error code.
func describe(_ code: rd_kafka_resp_err_t) -> String {
    "\(String(cString: rd_kafka_err2str(code))) (\(String(cString: rd_kafka_err2name(code))))"
}
