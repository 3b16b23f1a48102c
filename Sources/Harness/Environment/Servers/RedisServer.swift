/// An embedded `redis-server` on loopback, durable as the contract expects: append-only, `everysec`, no snapshots.
package struct RedisServer: Sendable {
    package let port: Int
    package let process: SupervisedProcess
    package var url: String { Self.url(port: port) }

    package static func url(port: Int) -> String { "redis://127.0.0.1:\(port)/0" }

    /// How to start it, with its data in `<directory>/<name>`.
    package static func spec(name: String = "redis", port: Int, directory: String) throws -> ProcessSpec {
        let arguments = [
            "--bind", "127.0.0.1", "--port", "\(port)", "--protected-mode", "yes",
            "--dir", try Program.folder(name, in: directory),
            "--appendonly", "yes", "--appendfsync", "everysec", "--save", "",
            "--tcp-backlog", "4096", "--maxclients", "10000",
            "--daemonize", "no", "--logfile", "", "--set-proc-title", "no",
        ]
        return ProcessSpec(
            name: name,
            executable: try Program.find("redis-server", package: "redis-server"),
            arguments: arguments,
            logFile: "\(directory)/\(name).log"
        )
    }

    /// Starts it and waits for its PONG.
    package static func start(
        supervisor: Supervisor,
        name: String = "redis",
        port: Int? = nil,
        directory: String? = nil
    ) async throws -> RedisServer {
        let port = try FreePort.claim(port, for: name)
        let spec = try spec(name: name, port: port, directory: directory ?? supervisor.directory)
        let process = try await supervisor.start(spec)
        try await waitUntilReady(supervisor: supervisor, name: name, port: port)
        return RedisServer(port: port, process: process)
    }

    /// Waits until it answers, for use after a restart.
    package static func waitUntilReady(
        supervisor: Supervisor,
        name: String = "redis",
        port: Int,
        within limit: Duration = .seconds(20)
    ) async throws {
        try await Readiness.wait(for: name, of: supervisor, within: limit) {
            let answer = try await LoopbackProbe(port: port).exchange(Array("PING\r\n".utf8)) { $0.last == 0x0a }
            guard answer.starts(with: Array("+PONG".utf8)) else {
                throw EnvironmentError("ping redis", String(decoding: answer, as: UTF8.self))
            }
        }
    }
}
