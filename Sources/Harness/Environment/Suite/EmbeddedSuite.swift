import Contract
import Foundation

/// The whole suite, started here on loopback in a private folder: stores, broker, fault proxy, four services, gateway.
///
/// It ends with ``stop()``, or with this process, however that ends.
package final class EmbeddedSuite: Sendable {
    /// For killing, freezing and restarting single servers.
    ///
    /// Services are named as in ``ServiceName``, further processes of one `order-2` and so on; the others are
    /// `redis`, `mariadb`, `kafka`, `proxy`, `nginx`.
    package let supervisor: Supervisor
    package let addresses: SuiteAddresses
    /// Signs tokens that the services accept.
    package let tokens: TokenMinter
    private let configuration: SuiteConfiguration
    private let ports: SuitePorts

    private init(
        supervisor: Supervisor,
        addresses: SuiteAddresses,
        tokens: TokenMinter,
        configuration: SuiteConfiguration,
        ports: SuitePorts
    ) {
        self.supervisor = supervisor
        self.addresses = addresses
        self.tokens = tokens
        self.configuration = configuration
        self.ports = ports
    }

    /// Starts everything and returns once the gateway and every service are ready.
    ///
    /// Whatever was started is taken down again when anything fails.
    package static func start(_ configuration: SuiteConfiguration) async throws -> EmbeddedSuite {
        guard FileManager.default.isExecutableFile(atPath: configuration.ticketing) else {
            throw EnvironmentError(
                "start the suite",
                "there is no executable \(configuration.ticketing)",
                advice: "build the product ticketing, or name it with --ticketing PATH"
            )
        }
        let ports = try SuitePorts(configuration.ports, instances: configuration.instances)
        let supervisor = try await Supervisor.start(
            executable: configuration.seatstorm,
            directory: configuration.directory,
            keepsDirectory: configuration.keepsDirectory,
            standsBack: configuration.standsBack
        )
        do {
            return try await start(configuration, ports, supervisor)
        } catch {
            await supervisor.stopAll()
            throw error
        }
    }

    private static func start(
        _ configuration: SuiteConfiguration,
        _ ports: SuitePorts,
        _ supervisor: Supervisor
    ) async throws -> EmbeddedSuite {
        let secretFile = supervisor.directory + "/auth.secret"
        let secret = RandomSecret.hexadecimal(bytes: 32)
        try Program.writePrivate(secret, to: secretFile)

        async let redis = RedisServer.start(supervisor: supervisor, port: ports.redis)
        async let mariaDB = MariaDBServer.start(supervisor: supervisor, port: ports.mariaDB)
        async let kafka = KafkaBroker.start(
            supervisor: supervisor,
            ticketing: configuration.ticketing,
            controlPort: ports.kafkaControl,
            environment: configuration.serviceEnvironment
        )
        async let nginx = NginxServer.start(
            supervisor: supervisor,
            port: ports.gateway,
            services: ports.services,
            tracesOrdersOnly: configuration.tracesOrdersOnly
        )
        async let proxy: Void = startProxy(configuration, ports, supervisor)

        var addresses = SuiteAddresses(gateway: NginxServer.url(port: ports.gateway))
        addresses.redis = RedisServer.url(port: ports.redis)
        addresses.mysql = try await mariaDB.url
        addresses.kafka = try await kafka.bootstrapServers
        addresses.kafkaControl = "http://127.0.0.1:\(ports.kafkaControl)"
        addresses.proxy = configuration.usesFaultProxy ? "http://127.0.0.1:\(ports.proxy)" : nil
        addresses.authSecretFile = secretFile
        addresses.directory = supervisor.directory
        for (service, ports) in ports.services where ports.count == 1 {
            addresses.services[service.rawValue] = "http://127.0.0.1:\(ports[0])"
        }

        // Services start without their stores as well; what they need before is their tables, and their users.
        let users = try await DatabaseUsers.make(in: supervisor.directory, of: mariaDB)
        try await migrate(configuration, addresses, users, supervisor)
        _ = try await (redis, nginx, proxy)
        if configuration.usesFaultProxy { try await link(ports, broker: kafka.firstPort) }
        for service in ServiceName.allCases {
            for (index, port) in ports.services[service, default: []].enumerated() {
                var spec = serviceSpec(service, index, port, configuration, addresses, supervisor.directory)
                spec.environment["MYSQL_URL"] = users.url(of: service)
                if configuration.usesFaultProxy { lead(service, ports.links, users, &spec.environment) }
                try await supervisor.start(spec)
            }
        }
        try await waitForServices(supervisor, ports, within: configuration.readinessLimit)
        addresses.processGroups = supervisor.groups
        return EmbeddedSuite(
            supervisor: supervisor,
            addresses: addresses,
            tokens: TokenMinter(secret: Array(secret.utf8)),
            configuration: configuration,
            ports: ports
        )
    }

    /// Kills everything and removes the folder; returns when nothing is left.
    package func stop() async { await supervisor.stopAll() }

    /// Restarts one service and waits until it is ready again.
    package func restart(_ service: ServiceName) async throws {
        try await supervisor.restart(service.rawValue)
        try await waitUntilReady(service)
    }

    /// Waits until a service is ready, for use after one of its stores was gone.
    package func waitUntilReady(_ service: ServiceName) async throws {
        try await Self.waitForService(service, supervisor, ports, within: configuration.readinessLimit)
    }

    /// The servers that ended though nobody asked them to, each with the end of its log; empty in a good run.
    package var failures: [String] {
        supervisor.unexpectedExits.map { exit in
            "\(exit); its last lines:\n\(supervisor.logTail(exit.name))"
        }
    }

    /// Which spans of the time since the suite was ready were never delivered.
    package func spanLosses() async -> SpanLosses {
        let processes = ports.services.map { service, ports in
            (service, ports.enumerated().map { (process: Self.processName(service, $0.offset), port: $0.element) })
        }
        return await SpanLosses.find(
            before: addresses.processGroups,
            now: supervisor.groups,
            ports: Dictionary(uniqueKeysWithValues: processes)
        )
    }

    // MARK: Parts

    private static func startProxy(
        _ configuration: SuiteConfiguration,
        _ ports: SuitePorts,
        _ supervisor: Supervisor
    ) async throws {
        guard configuration.usesFaultProxy else { return }
        let spec = ProcessSpec(
            name: "proxy",
            executable: configuration.seatstorm,
            arguments: ["proxy", "--host", "127.0.0.1", "--port", "\(ports.proxy)"],
            logFile: supervisor.directory + "/proxy.log"
        )
        try await supervisor.start(spec)
        try await Readiness.wait(for: "proxy", of: supervisor, within: configuration.readinessLimit) {
            let status = try await LoopbackProbe(port: ports.proxy).get("/version").status
            guard status == 200 else { throw EnvironmentError("GET /version of the fault proxy", "status \(status)") }
        }
    }

    /// Makes a proxy for each link.
    private static func link(_ ports: SuitePorts, broker: Int) async throws {
        let bodies = ports.links.bodies { target in
            switch target {
            case .redis: ports.redis
            case .mysql: ports.mariaDB
            case .kafka: broker
            case .payment: ports.services[.payment]?.first ?? 0
            }
        }
        let caller = JSONCaller(base: "http://127.0.0.1:\(ports.proxy)")
        _ = try await caller.post("/populate", bodies, expecting: 201)
    }

    /// Has a service reach what it needs through its own proxies.
    private static func lead(
        _ service: ServiceName,
        _ links: SuiteLinks,
        _ users: DatabaseUsers,
        _ environment: inout [String: String]
    ) {
        if let port = links.port(of: service, to: .redis) { environment["REDIS_URL"] = RedisServer.url(port: port) }
        if let port = links.port(of: service, to: .mysql) {
            environment["MYSQL_URL"] = users.url(of: service, through: port)
        }
        if let port = links.port(of: service, to: .kafka) { environment["KAFKA_BROKERS"] = "127.0.0.1:\(port)" }
        if let port = links.port(of: service, to: .payment) {
            environment["PAYMENT_URL"] = "http://127.0.0.1:\(port)"
        }
    }

    private static func migrate(
        _ configuration: SuiteConfiguration,
        _ addresses: SuiteAddresses,
        _ users: DatabaseUsers,
        _ supervisor: Supervisor
    ) async throws {
        let spec = ProcessSpec(
            name: "migrate",
            executable: configuration.ticketing,
            arguments: ["migrate"],
            environment: [
                "MYSQL_URL": addresses.mysql ?? "", "MYSQL_SERVICE_PASSWORDS_FILE": users.file,
                "LOG_LEVEL": configuration.logLevel,
            ].merging(configuration.serviceEnvironment) { $1 },
            logFile: supervisor.directory + "/migrate.log"
        )
        try await supervisor.run(spec, within: configuration.readinessLimit)
    }

    private static func serviceSpec(
        _ service: ServiceName,
        _ index: Int,
        _ port: Int,
        _ configuration: SuiteConfiguration,
        _ addresses: SuiteAddresses,
        _ directory: String
    ) -> ProcessSpec {
        let environment = [
            "HOST": "127.0.0.1",
            "PORT": "\(port)",
            "REDIS_URL": addresses.redis ?? "",
            "KAFKA_BROKERS": addresses.kafka ?? "",
            "RESERVATION_URL": addresses.url(of: .reservation),
            "PAYMENT_URL": addresses.url(of: .payment),
            "AUTH_SECRET_FILE": addresses.authSecretFile ?? "",
            "LOG_LEVEL": configuration.logLevel,
        ]
        let name = Self.processName(service, index)
        return ProcessSpec(
            name: name,
            executable: configuration.ticketing,
            arguments: [service.rawValue],
            environment: environment.merging(configuration.serviceEnvironment) { $1 },
            logFile: "\(directory)/\(name).log"
        )
    }

    private static func processName(_ service: ServiceName, _ index: Int) -> String {
        index == 0 ? service.rawValue : "\(service.rawValue)-\(index + 1)"
    }

    private static func waitForServices(
        _ supervisor: Supervisor,
        _ ports: SuitePorts,
        within limit: Duration
    ) async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            for service in ServiceName.allCases {
                group.addTask { try await waitForService(service, supervisor, ports, within: limit) }
            }
            try await group.waitForAll()
        }
    }

    /// Waits for `/readyz` of each process, then by way of the gateway, which proves the route as well.
    private static func waitForService(
        _ service: ServiceName,
        _ supervisor: Supervisor,
        _ ports: SuitePorts,
        within limit: Duration
    ) async throws {
        let own = ports.services[service, default: []]
        for (index, port) in own.enumerated() where own.count > 1 {
            try await waitForReady(processName(service, index), port, "/readyz", supervisor, within: limit)
        }
        let path = "\(service.gatewayPrefix)/readyz"
        try await waitForReady(service.rawValue, ports.gateway, path, supervisor, within: limit)
    }

    private static func waitForReady(
        _ name: String,
        _ port: Int,
        _ path: String,
        _ supervisor: Supervisor,
        within limit: Duration
    ) async throws {
        try await Readiness.wait(for: name, of: supervisor, within: limit) {
            let answer = try await LoopbackProbe(port: port, timeout: .seconds(5)).get(path)
            guard answer.status == 200 else {
                throw EnvironmentError("GET /readyz of \(name)", "\(answer.status) \(answer.body.prefix(300))")
            }
        }
    }
}
