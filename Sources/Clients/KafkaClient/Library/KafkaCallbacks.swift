import CRDKafka
import Logging

/// What the callbacks of one librdkafka client need: it is the client's `opaque`.
final class KafkaCallbacks: Sendable {
    let logger: Logger
    /// Holds up the thread of an embedded cluster while it is frozen; `nil` for every other client.
    let gate: FreezeGate?
    /// Hears of rebalances; `nil` unless the client is a group's member.
    let inbox: ConsumerInbox?

    init(_ logger: Logger, gate: FreezeGate? = nil, inbox: ConsumerInbox? = nil) {
        self.logger = logger
        self.gate = gate
        self.inbox = inbox
    }

    /// The object behind a client's opaque pointer.
    static func of(_ opaque: UnsafeMutableRawPointer) -> KafkaCallbacks {
        Unmanaged<KafkaCallbacks>.fromOpaque(opaque).takeUnretainedValue()
    }

    /// What librdkafka calls an error is a warning here: it retries by itself, and what fails for good is thrown.
    func log(level: Int32, facility: String, text: String) {
        let ours: Logger.Level =
            switch level {
            case ...4: .warning
            case 5, 6: .info
            default: .debug
            }
        self.logger.log(level: ours, "librdkafka: \(text)", metadata: ["facility": "\(facility)"])
    }
}

/// `rd_kafka_conf_set_log_cb`: called on whichever thread of librdkafka has something to say.
let kafkaLogCallback: @convention(c) (OpaquePointer?, Int32, UnsafePointer<CChar>?, UnsafePointer<CChar>?) -> Void = {
    handle,
    level,
    facility,
    text in
    guard let handle, let facility, let text, let opaque = rd_kafka_opaque(handle) else { return }
    let target = KafkaCallbacks.of(opaque)
    if let gate = target.gate {
        // The mock cluster announces every request and every response on its own thread before it handles it.
        gate.pass()
        guard level < 7 else { return }
    }
    target.log(level: level, facility: String(cString: facility), text: String(cString: text))
}
