/// A message of one of the run's orders, as it stands in Kafka.
package struct KafkaRecord: Codable, Sendable, Equatable {
    /// `topic/row`, the outbox row that it was made from; empty if it does not say.
    package var id: String
    package var topic: String
    package var partition: Int32
    /// Its place in the partition, from 0.
    package var offset: Int64
    package var key: String
    package var order: String

    package init(id: String, topic: String, partition: Int32, offset: Int64, key: String, order: String) {
        self.id = id
        self.topic = topic
        self.partition = partition
        self.offset = offset
        self.key = key
        self.order = order
    }

    /// The outbox row's number; nil where the id is not of the contract's form.
    package var row: Int64? { id.split(separator: "/").last.flatMap { Int64($0) } }
}
