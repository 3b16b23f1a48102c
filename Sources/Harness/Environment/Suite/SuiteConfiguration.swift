import Contract
import Foundation

/// How to start an embedded suite.
package struct SuiteConfiguration: Sendable {
    /// Which ports the gateway and the services get.
    ///
    /// Stores always get free ones.
    package enum Ports: Sendable {
        case free
        /// Gateway 8000, catalog 8080, reservation 8081, order 8082, payment 8083, fault proxy 8474.
        case wellKnown
    }

    /// The executable whose `supervise` and `proxy` are used.
    package var seatstorm: String
    /// The suite under test.
    package var ticketing: String
    /// The private folder; must not hold anything yet, and is removed at the end.
    package var directory: String
    package var ports = Ports.free
    package var keepsDirectory = false
    /// Whether the servers leave the processors to a load generator on the same machine when both want them.
    package var standsBack = false
    /// How many processes of a service run side by side; one unless said.
    ///
    /// They are named `order`, `order-2`, …
    package var instances: [ServiceName: Int] = [:]
    /// Whether the fault proxy stands in each link of a service to Redis, MySQL, Kafka and payment.
    package var usesFaultProxy = true
    /// Whether services record only the traces of requests that make orders, and of callers who bring a trace.
    package var tracesOrdersOnly = false
    /// The services' `LOG_LEVEL`.
    package var logLevel = "info"
    /// More environment variables for every process of the suite under test.
    package var serviceEnvironment: [String: String] = [:]
    /// How long each server may take until it answers.
    package var readinessLimit = Duration.seconds(40)

    /// The port of the fault proxy's API on ``Ports/wellKnown``, as Toxiproxy's.
    package static let wellKnownProxyPort = 8474

    /// Makes a configuration.
    ///
    /// - Parameters:
    ///   - directory: a new private folder of the system's temporary folder unless given.
    ///   - seatstorm: this executable unless given.
    ///   - ticketing: the executable of that name beside this one unless given.
    package init(directory: String? = nil, seatstorm: String? = nil, ticketing: String? = nil) {
        let own = (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")) ?? "seatstorm"
        self.seatstorm = seatstorm ?? own
        self.ticketing =
            ticketing ?? URL(fileURLWithPath: own).deletingLastPathComponent().appendingPathComponent("ticketing").path
        self.directory =
            directory ?? FileManager.default.temporaryDirectory.path
            + "/seatstorm-" + RandomSecret.hexadecimal(bytes: 8)
    }
}
