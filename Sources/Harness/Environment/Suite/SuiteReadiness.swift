import Contract

/// Waits until a process of a suite answers again, by the addresses of the suite.
package struct SuiteReadiness: Sendable {
    private let addresses: SuiteAddresses

    package init(_ addresses: SuiteAddresses) { self.addresses = addresses }

    /// Returns once `process` answers: a service its `/readyz`, a store its greeting, the gateway its `/healthz`.
    ///
    /// - Parameters:
    ///   - process: as a scenario names it: `order`, `order-2`, `redis`, `mysql`, `kafka`, `nginx`; what is unknown is not waited for.
    ///   - limit: how long it may take.
    /// - Throws: with the last answer, when it does not in time.
    package func wait(for process: String, within limit: Duration) async throws {
        let deadline = ContinuousClock.now + limit
        while true {
            do { return try await ask(process) } catch {
                guard ContinuousClock.now < deadline else {
                    throw EnvironmentError("reach \(process)", "it does not answer within \(limit); last: \(error)")
                }
                try await Task.sleep(for: .milliseconds(50))
            }
        }
    }

    private func ask(_ process: String) async throws {
        switch process {
        case "redis":
            let answer = try await probe(addresses.redis)?.exchange(Array("PING\r\n".utf8)) { $0.last == 0x0a }
            guard let answer else { return }
            guard answer.starts(with: Array("+PONG".utf8)) else {
                throw EnvironmentError("ping redis", String(decoding: answer, as: UTF8.self))
            }
        case "mysql":
            let greeting = try await probe(addresses.mysql)?.exchange([]) { $0.count > 4 }
            // A packet's four-byte header, then the protocol's version; 255 would be an error packet.
            guard greeting.map({ $0.count > 4 && $0[4] == 10 }) ?? true else {
                throw EnvironmentError("read the greeting of mysql", "it sent \(greeting?.prefix(8) ?? [])")
            }
        case "kafka":
            // An answer from the control port, whose process it is, means that it runs.
            guard let control = addresses.kafkaControl else { return }
            _ = try await JSONCaller(base: control, timeout: .seconds(1)).get("/brokers", expecting: 200)
        case "nginx":
            _ = try await JSONCaller(base: addresses.gateway, timeout: .seconds(1)).get("/healthz", expecting: 200)
        default:
            let name = process.split(separator: "-").first.map(String.init) ?? process
            guard let service = ServiceName(rawValue: name) else { return }
            let url = addresses.url(of: service)
            _ = try await JSONCaller(base: url, timeout: .seconds(2)).get("/readyz", expecting: 200)
        }
    }

    /// A conversation with the port of a URL on this machine; nil for an address elsewhere.
    private func probe(_ url: String?) -> LoopbackProbe? {
        guard let url, let authority = url.split(separator: "/").dropFirst().first,
            let place = authority.split(separator: "@").last, place.hasPrefix("127.0.0.1:"),
            let port = Int(place.dropFirst("127.0.0.1:".count))
        else { return nil }
        return LoopbackProbe(port: port)
    }
}
