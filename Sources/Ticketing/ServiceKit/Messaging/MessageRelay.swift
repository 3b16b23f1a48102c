import KafkaClient
import Logging
import MySQLClient
import ServiceLifecycle

/// Sends the rows of one topic of the outbox to Kafka.
package protocol MessageRelay: Service {
    /// To be called after a commit that added rows.
    func wake()
}

/// Makes a relay of a topic's rows.
package typealias RelayMaker = @Sendable (MySQLClient, KafkaProducer, _ topic: String, Logger) -> any MessageRelay
