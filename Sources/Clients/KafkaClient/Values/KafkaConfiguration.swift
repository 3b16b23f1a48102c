/// How a client reaches a Kafka cluster.
package struct KafkaConfiguration: Sendable {
    /// `host:port`, comma-separated.
    package var bootstrapServers: String
    /// What the brokers and our log lines call this client.
    package var clientID: String
    /// librdkafka properties that override what the client sets.
    package var properties: [String: String]

    /// Names a cluster and this client of it.
    package init(bootstrapServers: String, clientID: String, properties: [String: String] = [:]) {
        self.bootstrapServers = bootstrapServers
        self.clientID = clientID
        self.properties = properties
    }
}
