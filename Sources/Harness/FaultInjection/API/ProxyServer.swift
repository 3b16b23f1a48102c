import Hummingbird
import Logging
import NIOCore
import ServiceLifecycle

/// The whole proxy: the relay and its API.
package final class ProxyServer: Sendable {
    /// Of the API, with the real port.
    package let url: String
    private let relay: RelayThread
    private let group: ServiceGroup
    private let running: Task<Void, any Error>

    private init(url: String, relay: RelayThread, group: ServiceGroup, running: Task<Void, any Error>) {
        self.url = url
        self.relay = relay
        self.group = group
        self.running = running
    }

    /// Returns once the API answers.
    ///
    /// Port 0 is a free one. A port that is taken is an error.
    package static func start(
        host: String = "127.0.0.1",
        port: Int = 8_474,
        configuration: RelayConfiguration,
        logger: Logger
    ) async throws -> ProxyServer {
        let relay = try RelayThread(configuration)
        let (ports, announce) = AsyncStream.makeStream(of: Int.self)
        let application = Application(
            responder: ProxyAPI(relay: relay),
            configuration: ApplicationConfiguration(address: .hostname(host, port: port), backlog: 1_024),
            onServerRunning: { channel in
                announce.yield(channel.localAddress?.port ?? port)
            },
            logger: logger
        )
        var services = ServiceGroupConfiguration(services: [.init(service: application)], logger: logger)
        // Nothing that the API does takes longer; a client that keeps a request open is cut off.
        services.maximumGracefulShutdownDuration = .seconds(2)
        let group = ServiceGroup(configuration: services)
        let running = Task {
            defer { announce.finish() }
            try await group.run()
        }
        for await actual in ports {
            let name = host.contains(":") ? "[\(host)]" : host
            return ProxyServer(url: "http://\(name):\(actual)", relay: relay, group: group, running: running)
        }
        await relay.close()
        try await running.value
        throw RelayError("starting the proxy's API on \(host):\(port): it ended before it listened")
    }

    /// Stops the API, then the relay: all proxied connections are closed.
    package func stop() async {
        await group.triggerGracefulShutdown()
        // What the API dies of changes nothing for who wants it gone.
        _ = await running.result
        await relay.close()
    }
}
