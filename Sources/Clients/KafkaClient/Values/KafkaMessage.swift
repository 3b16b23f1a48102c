/// A message that was read.
package struct KafkaMessage: Sendable, Equatable {
    /// Where it was read.
    package let topic: String
    /// Its key, if it had one.
    package let key: [UInt8]?
    /// The payload.
    package let value: [UInt8]
    /// In order of sending.
    package let headers: [KafkaHeader]
    /// The partition of ``topic``.
    package let partition: Int32
    /// Its place in the partition, from 0.
    package let offset: Int64
    /// When it was made or appended, in milliseconds since 1970; -1 if the broker does not say.
    package let timestamp: Int64

    /// The text of the first header of this name.
    package func header(_ name: String) -> String? {
        self.headers.first { $0.name == name }?.text
    }
}
