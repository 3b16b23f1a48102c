/// A message to be sent.
package struct KafkaRecord: Sendable {
    /// Where to.
    package var topic: String
    /// Decides the partition; records of one key keep their order.
    ///
    /// `nil`: any partition.
    package var key: [UInt8]?
    /// The payload.
    package var value: [UInt8]
    /// In order.
    package var headers: [KafkaHeader]

    /// Makes a record of its parts.
    package init(topic: String, key: [UInt8]?, value: [UInt8], headers: [KafkaHeader] = []) {
        self.topic = topic
        self.key = key
        self.value = value
        self.headers = headers
    }
}
