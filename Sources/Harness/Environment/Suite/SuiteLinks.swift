import Contract

/// The links of an embedded suite that go through its fault proxy: one proxy a link, so that each can be hit alone.
struct SuiteLinks: Sendable {
    /// What a link leads to, by the names of the proxies.
    enum Target: String, CaseIterable, Sendable {
        case redis, mysql, kafka, payment

        /// The services that have such a link.
        var users: [ServiceName] {
            switch self {
            case .redis: [.catalog, .reservation]
            case .mysql: [.catalog, .reservation, .order, .payment]
            case .kafka: [.reservation, .order]
            case .payment: [.order]
            }
        }

        /// What is spoken there, as the proxy names it.
        var spoken: String { self == .payment ? "http" : rawValue }
    }

    /// What the proxy's `POST /populate` takes a list of.
    struct Body: Encodable {
        var name: String
        var listen: String
        var upstream: String
        var `protocol`: String
    }

    private let ports: [String: Int]

    /// Claims a port for each.
    init() throws {
        var ports: [String: Int] = [:]
        for target in Target.allCases {
            for service in target.users { ports[Self.name(service, target)] = try FreePort.next() }
        }
        self.ports = ports
    }

    /// The port by which `service` reaches `target`; nil where it does not need it.
    func port(of service: ServiceName, to target: Target) -> Int? { ports[Self.name(service, target)] }

    /// One proxy a link.
    ///
    /// `upstream` gives the port of what links lead to; of Kafka's brokers that of one, which leads to the others.
    func bodies(upstream: (Target) -> Int) -> [Body] {
        Target.allCases.flatMap { target in
            target.users.compactMap { service in
                port(of: service, to: target).map { port in
                    Body(
                        name: Self.name(service, target),
                        listen: "127.0.0.1:\(port)",
                        upstream: "127.0.0.1:\(upstream(target))",
                        protocol: target.spoken
                    )
                }
            }
        }
    }

    private static func name(_ service: ServiceName, _ target: Target) -> String {
        "\(service.rawValue)-\(target.rawValue)"
    }
}
