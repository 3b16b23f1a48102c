import ArgumentParser
import FaultInjection
import Foundation
import Logging

/// The fault proxy, as a process of its own.
struct ProxyCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "proxy",
        abstract: "A TCP proxy that misbehaves on request; speaks Toxiproxy's HTTP API.",
        discussion: """
            The first line on standard output is the URL of the API. SIGTERM and SIGINT end it.

            Example:
              seatstorm proxy --port 8474 --seed 42
              curl -d '{"name":"redis","listen":"127.0.0.1:6380","upstream":"127.0.0.1:6379"}' 127.0.0.1:8474/proxies
              curl -d '{"type":"latency","attributes":{"latency":50}}' 127.0.0.1:8474/proxies/redis/toxics
            """
    )

    @Option(help: "Address that the API listens on.")
    var host = "127.0.0.1"

    @Option(help: "Port that the API listens on; 0 for a free one.")
    var port = 8_474

    @Option(help: "Seed of toxicity and jitter; drawn and logged when left out.")
    var seed: UInt64?

    func validate() throws {
        guard (0...65_535).contains(port) else { throw ValidationError("--port: \(port) is not in 0…65535") }
    }

    func run() async throws {
        // Before anything else, so that no signal finds us without a handler.
        let interruption = Interruption(isQuiet: true)
        // Standard output carries the URL and nothing else.
        LoggingSystem.bootstrap { StreamLogHandler.standardError(label: $0) }
        var logger = Logger(label: "proxy")
        logger.logLevel = .notice
        let seed = seed ?? UInt64.random(in: 0...UInt64.max)
        let server = try await ProxyServer.start(
            host: host,
            port: port,
            configuration: RelayConfiguration(seed: seed),
            logger: logger
        )
        FileHandle.standardOutput.write(Data("\(server.url)\n".utf8))
        logger.notice("proxy started", metadata: ["url": "\(server.url)", "seed": "\(seed)"])
        await withCheckedContinuation { continuation in interruption.onInterruption { _ in continuation.resume() } }
        await server.stop()
    }
}
