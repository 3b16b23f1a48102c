import Foundation

/// The embedded Kafka: `ticketing broker`, librdkafka's in-process cluster of three brokers.
package struct KafkaBroker: Sendable {
    /// Addresses of the brokers, separated by commas.
    package let bootstrapServers: String
    /// Port of its HTTP control.
    package let controlPort: Int
    package let process: SupervisedProcess
    package var url: String { bootstrapServers }
    /// The port of its first broker.
    var firstPort: Int { Int(bootstrapServers.prefix { $0 != "," }.split(separator: ":").last ?? "") ?? 0 }

    /// How to start it; it writes its addresses to `<directory>/<name>.ports`.
    package static func spec(
        name: String = "kafka",
        ticketing: String,
        controlPort: Int,
        environment: [String: String] = [:],
        directory: String
    ) -> ProcessSpec {
        ProcessSpec(
            name: name,
            executable: ticketing,
            arguments: ["broker", "--port-file", portFile(name, directory), "--control-port", "\(controlPort)"],
            environment: environment,
            logFile: "\(directory)/\(name).log"
        )
    }

    /// Starts it and waits until its first broker accepts connections.
    package static func start(
        supervisor: Supervisor,
        name: String = "kafka",
        ticketing: String,
        controlPort: Int? = nil,
        environment: [String: String] = [:],
        directory: String? = nil
    ) async throws -> KafkaBroker {
        let control = try controlPort ?? FreePort.next()
        let folder = directory ?? supervisor.directory
        let process = try await supervisor.start(
            spec(name: name, ticketing: ticketing, controlPort: control, environment: environment, directory: folder)
        )
        let bootstrap = try await waitUntilReady(supervisor: supervisor, name: name, directory: folder)
        return KafkaBroker(bootstrapServers: bootstrap, controlPort: control, process: process)
    }

    /// Waits until it has said where it listens, and does.
    @discardableResult
    package static func waitUntilReady(
        supervisor: Supervisor,
        name: String = "kafka",
        directory: String? = nil,
        within limit: Duration = .seconds(20)
    ) async throws -> String {
        let file = portFile(name, directory ?? supervisor.directory)
        try await Readiness.wait(for: name, of: supervisor, within: limit) {
            let bootstrap = try read(file)
            guard let port = Int(bootstrap.split(separator: ",").first?.split(separator: ":").last ?? "") else {
                throw EnvironmentError("read \(file)", "no address in \"\(bootstrap)\"")
            }
            _ = try await LoopbackProbe(port: port).exchange([]) { _ in true }
        }
        return try read(file)
    }

    private static func portFile(_ name: String, _ directory: String) -> String { "\(directory)/\(name).ports" }

    private static func read(_ file: String) throws -> String {
        try JSONDecoder().decode(Places.self, from: Data(contentsOf: URL(fileURLWithPath: file))).bootstrapServers
    }

    /// What `ticketing broker --port-file` writes.
    private struct Places: Decodable {
        var bootstrapServers: String
    }
}
