import Contract
import Scenario

/// Where the parts of a suite are.
///
/// What a connected suite does not say is nil.
package struct SuiteAddresses: Sendable, Codable, Equatable {
    /// `http://host:port`, without a trailing slash.
    package var gateway: String
    /// Each service's own address by its name, past the gateway.
    package var services: [String: String] = [:]
    /// Redis itself: what the harness reads.
    package var redis: String?
    /// With user, password and database, as `MYSQL_URL` has it.
    package var mysql: String?
    /// Bootstrap servers.
    package var kafka: String?
    /// The embedded broker's HTTP control.
    package var kafkaControl: String?
    /// The fault proxy's API.
    package var proxy: String?
    /// A file, mode 0600, with the secret that signs tokens; nil where authentication is off.
    package var authSecretFile: String?
    /// The folder of logs and of `groups.json`; nil where this harness started nothing.
    package var directory: String?
    /// The process groups, at the time when the suite was ready.
    package var processGroups: [ProcessGroup] = []

    /// Begins with the gateway alone.
    package init(gateway: String) { self.gateway = gateway }

    /// The addresses that a scenario's `environment:` gives.
    package init(_ target: TargetEnvironment) {
        gateway = target.gateway
        redis = target.redis
        mysql = target.mysql
        kafka = target.kafka
        proxy = target.proxy
        if case .secretFile(let path) = target.authentication { authSecretFile = path }
    }

    /// The address of `service`: its own where known, otherwise its path on the gateway.
    package func url(of service: ServiceName) -> String {
        services[service.rawValue] ?? gateway + service.gatewayPrefix
    }
}
