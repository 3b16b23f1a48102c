import Contract

/// The ports of one embedded suite, all claimed before anything starts.
struct SuitePorts {
    let gateway: Int
    /// One port for each process of a service; the first is the well-known one where those were asked for.
    let services: [ServiceName: [Int]]
    let proxy: Int
    let redis: Int
    let links: SuiteLinks
    let mariaDB: Int
    let kafkaControl: Int

    /// Picks free ports, or takes the well-known ones.
    ///
    /// - Throws: naming every port that is in use and who uses it.
    init(_ choice: SuiteConfiguration.Ports, instances: [ServiceName: Int] = [:]) throws {
        var problems: [String] = []
        func port(_ wanted: Int, _ what: String) throws -> Int {
            guard case .wellKnown = choice else { return try FreePort.next() }
            if !FreePort.isFree(wanted) {
                let holder = PortHolder.find(wanted).map(\.description) ?? "a process of another user"
                problems.append("port \(wanted) (\(what)) is in use by \(holder)")
            }
            return wanted
        }
        gateway = try port(gatewayPort, "gateway")
        var services: [ServiceName: [Int]] = [:]
        for service in ServiceName.allCases {
            let others = try (1..<max(1, instances[service] ?? 1)).map { _ in try FreePort.next() }
            services[service] = [try port(service.port, service.rawValue)] + others
        }
        self.services = services
        proxy = try port(SuiteConfiguration.wellKnownProxyPort, "fault proxy")
        redis = try FreePort.next()
        links = try SuiteLinks()
        mariaDB = try FreePort.next()
        kafkaControl = try FreePort.next()
        guard problems.isEmpty else {
            throw EnvironmentError(
                "start the suite on its well-known ports",
                problems.joined(separator: ", "),
                advice: "stop what holds them; a suite of your own ends with: seatstorm suite down"
            )
        }
    }
}
