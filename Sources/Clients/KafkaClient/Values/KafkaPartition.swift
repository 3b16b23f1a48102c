/// One partition of a topic.
package struct KafkaPartition: Sendable, Hashable {
    /// The topic.
    package let topic: String
    /// From 0.
    package let partition: Int32

    /// Makes a partition's name.
    package init(topic: String, partition: Int32) {
        self.topic = topic
        self.partition = partition
    }
}
