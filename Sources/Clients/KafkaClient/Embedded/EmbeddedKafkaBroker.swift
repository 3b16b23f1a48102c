/// One broker of an ``EmbeddedKafkaCluster``, and what was done to it.
package struct EmbeddedKafkaBroker: Sendable, Equatable {
    /// From 1.
    package let id: Int32
    /// `127.0.0.1:port`.
    package let address: String
    /// Whether it takes connections.
    package var isUp: Bool
    /// What it waits before each answer, in milliseconds.
    package var roundTripMilliseconds: Int
}
