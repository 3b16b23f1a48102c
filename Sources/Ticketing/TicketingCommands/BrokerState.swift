import Hummingbird
import KafkaClient

/// What the control server says of the cluster, after every command too.
struct BrokerState: ResponseEncodable {
    struct Broker: Encodable {
        let id: Int32
        let address: String
        let up: Bool
        let roundTripMilliseconds: Int
    }
    let bootstrapServers: String
    /// 0 when the cluster is not frozen.
    let frozenSeconds: Double
    let brokers: [Broker]

    init(_ cluster: EmbeddedKafkaCluster) {
        self.bootstrapServers = cluster.bootstrapServers
        let (seconds, attoseconds) = cluster.frozenFor.components
        self.frozenSeconds = Double(seconds) + Double(attoseconds / 1_000_000_000_000_000) / 1000
        self.brokers = cluster.brokers.map { broker in
            Broker(
                id: broker.id,
                address: broker.address,
                up: broker.isUp,
                roundTripMilliseconds: broker.roundTripMilliseconds
            )
        }
    }
}
