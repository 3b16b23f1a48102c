/// One partition of a topic.
package struct KafkaPartition: Sendable, Hashable {
    /// The topic.
    package let topic: String
    /// From 0.
    package let partition: Int32
}
