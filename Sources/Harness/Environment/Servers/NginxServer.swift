import Contract

/// An embedded `nginx` on loopback, the suite's gateway.
package struct NginxServer: Sendable {
    package let port: Int
    package let process: SupervisedProcess
    package var url: String { Self.url(port: port) }

    package static func url(port: Int) -> String { "http://127.0.0.1:\(port)" }

    /// How to start it; writes its configuration to `<directory>/<name>/nginx.conf`.
    package static func spec(
        name: String = "nginx",
        port: Int,
        services: [ServiceName: [Int]],
        directory: String,
        tracesOrdersOnly: Bool = false
    ) throws -> ProcessSpec {
        let folder = try Program.folder(name, in: directory)
        let configuration = NginxConfiguration(
            port: port,
            services: services,
            folder: folder,
            tracesOrdersOnly: tracesOrdersOnly
        )
        try Program.writePrivate(configuration.text, to: "\(folder)/nginx.conf")
        return ProcessSpec(
            name: name,
            executable: try Program.find("nginx", package: "nginx"),
            arguments: ["-p", folder, "-c", "\(folder)/nginx.conf", "-e", "stderr"],
            logFile: "\(directory)/\(name).log"
        )
    }

    /// Starts it and waits until it answers `/healthz`; the services need not be up.
    package static func start(
        supervisor: Supervisor,
        name: String = "nginx",
        port: Int? = nil,
        services: [ServiceName: [Int]],
        directory: String? = nil,
        tracesOrdersOnly: Bool = false
    ) async throws -> NginxServer {
        let port = try FreePort.claim(port, for: name)
        let spec = try spec(
            name: name,
            port: port,
            services: services,
            directory: directory ?? supervisor.directory,
            tracesOrdersOnly: tracesOrdersOnly
        )
        let process = try await supervisor.start(spec)
        try await waitUntilReady(supervisor: supervisor, name: name, port: port)
        return NginxServer(port: port, process: process)
    }

    /// Waits until it answers, for use after a restart.
    package static func waitUntilReady(
        supervisor: Supervisor,
        name: String = "nginx",
        port: Int,
        within limit: Duration = .seconds(10)
    ) async throws {
        try await Readiness.wait(for: name, of: supervisor, within: limit) {
            let status = try await LoopbackProbe(port: port).get("/healthz").status
            guard status == 200 else { throw EnvironmentError("GET /healthz of nginx", "status \(status)") }
        }
    }
}
