import Observability

/// What spans say about a message, in the words of OpenTelemetry's conventions for messaging.
enum KafkaSpan {
    /// The attributes of sending or processing the message `id` of `topic`.
    static func attributes(_ topic: String, _ operation: String, id: String) -> [SpanAttribute] {
        [
            SpanAttribute("messaging.system", "kafka"), SpanAttribute("messaging.destination.name", topic),
            SpanAttribute("messaging.operation.type", operation), SpanAttribute("messaging.message.id", id),
        ]
    }
}
