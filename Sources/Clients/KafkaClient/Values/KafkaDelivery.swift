/// Where an acknowledged message was written.
package struct KafkaDelivery: Sendable, Equatable {
    /// The partition of its topic.
    package let partition: Int32
    /// Its place in the partition, from 0.
    package let offset: Int64
}
