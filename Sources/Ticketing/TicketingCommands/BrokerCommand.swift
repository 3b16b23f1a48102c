import ArgumentParser
import Contract
import Foundation
import Hummingbird
import KafkaClient
import Logging
import Observability
import ServiceLifecycle
import UnixSignals

/// `ticketing broker`: an embedded Kafka cluster for development and storms, with a control port for its faults.
package struct BrokerCommand: AsyncParsableCommand {
    package static let configuration = CommandConfiguration(
        commandName: "broker",
        abstract: "Run an embedded Kafka cluster, which keeps its messages in memory.",
        discussion: """
            Prints bootstrap.servers=… as its first line and control=http://127.0.0.1:port as its second, then runs until SIGTERM or \
            SIGINT. Control port: GET /brokers, POST /brokers/{id}/down[?seconds=…], POST /brokers/{id}/up, \
            PUT /brokers/{id}/rtt?ms=…[&seconds=…] (undone by themselves after so many seconds), POST /freeze?seconds=… (ends by itself; 0 ends it now).
            """
    )

    @Option(help: "Number of brokers, 1 to 16.")
    var brokers: Int = 3

    @Option(help: "Partitions of each topic.")
    var partitions: Int = Topic.partitions

    @Option(name: .customLong("topic"), help: "A topic to make; may be repeated. Without it, the suite's topics.")
    var topics: [String] = []

    @Option(help: "Port of the control server on 127.0.0.1; 0 takes a free one.")
    var controlPort: Int = 0

    @Option(help: "File to which to write {bootstrapServers, control} as JSON once both answer.")
    var portFile: String?

    /// Made by the argument parser.
    package init() {}

    package func validate() throws {
        guard (1...EmbeddedKafkaCluster.maximumBrokers).contains(self.brokers) else {
            throw ValidationError("--brokers takes 1 to \(EmbeddedKafkaCluster.maximumBrokers), not \(self.brokers)")
        }
        guard (1...1000).contains(self.partitions) else {
            throw ValidationError("--partitions takes 1 to 1000, not \(self.partitions)")
        }
        guard (0...65535).contains(self.controlPort) else {
            throw ValidationError("--control-port takes 0 to 65535, not \(self.controlPort)")
        }
    }

    package func run() async throws {
        let level = ProcessInfo.processInfo.environment["LOG_LEVEL"].flatMap(Logger.Level.init(rawValue:)) ?? .info
        JSONLogHandler.bootstrap(level: level)
        let logger = Logger(label: "broker")
        let cluster = try EmbeddedKafkaCluster(
            brokers: self.brokers,
            topics: (self.topics.isEmpty ? Topic.all : self.topics).map { ($0, partitions: Int32(self.partitions)) },
            logger: logger
        )
        defer { cluster.close() }
        let portFile = self.portFile
        let server = BrokerControl(cluster: cluster).application(port: self.controlPort, logger: logger) { port in
            let places = BrokerPlaces(
                bootstrapServers: cluster.bootstrapServers,
                control: "http://127.0.0.1:\(port)"
            )
            try places.announce(portFile: portFile)
        }
        var group = ServiceGroupConfiguration(
            services: [.init(service: server)],
            gracefulShutdownSignals: [.sigterm, .sigint],
            logger: logger
        )
        group.maximumGracefulShutdownDuration = .seconds(5)
        try await ServiceGroup(configuration: group).run()
    }
}
