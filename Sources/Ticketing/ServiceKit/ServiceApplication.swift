import Contract
import HTTPTypes
import Hummingbird
import HummingbirdCore
import Logging
import NIOCore
import NIOPosix
import Observability
import ServiceLifecycle
import UnixSignals

/// A service process: an HTTP server with the suite's manners around the routes that the service adds.
package struct ServiceApplication: Sendable {
    /// What is counted in this process; `/metrics` shows it.
    package static let registry: PrometheusRegistry = {
        let registry = PrometheusRegistry.bootstrap()
        MetricHelp.describe(in: registry)
        return registry
    }()

    /// The paths that it answers, with their methods.
    package let routes: RouteTable
    private let settings: ServiceSettings
    private let background: [any Service]
    private let responder: ServiceResponder
    private let logger: Logger
    private let onListening: @Sendable (Int) async -> Void
    private let closing: @Sendable () async -> Void

    /// Describes the process; nothing happens before ``run()``.
    ///
    /// - Parameters:
    ///   - settings: Where to listen and how to authenticate.
    ///   - readiness: What `/readyz` asks.
    ///   - background: Run beside the server; stopped after it.
    ///   - logger: For what belongs to no request.
    ///   - onListening: Called with the port once it is bound.
    ///   - closing: Called when everything has ended; closes the clients of stores and services.
    ///   - routes: Adds the service's own routes.
    package init(
        settings: ServiceSettings,
        readiness: [ReadinessCheck],
        background: [any Service] = [],
        logger: Logger = Logger(label: "ticketing"),
        onListening: @escaping @Sendable (Int) async -> Void = { _ in },
        closing: @escaping @Sendable () async -> Void = {},
        routes: (Router<ServiceContext>) -> Void
    ) {
        self.settings = settings
        self.background = background
        self.logger = logger
        self.onListening = onListening
        self.closing = closing
        _ = Self.registry
        let router = Router(context: ServiceContext.self)
        Self.addCommonRoutes(to: router, readiness: readiness)
        routes(router)
        self.routes = RouteTable(router)
        responder = ServiceResponder(router: router, routes: self.routes, settings: settings)
    }

    /// Which service it is.
    package var name: ServiceName { settings.name }

    /// Serves until SIGTERM or SIGINT, then finishes what is in flight within 10 s.
    ///
    /// - Parameters:
    ///   - signals: What asks it to stop; none where it is a guest in another process, such as a test.
    ///   - shared: The event loops of the process, which go on afterwards; without them it has `settings.threads` of its own.
    /// - Throws: When it cannot listen, or a background service fails.
    package func run(
        stoppingAt signals: [UnixSignal] = [.sigterm, .sigint],
        on shared: MultiThreadedEventLoopGroup? = nil
    ) async throws {
        let threads = shared ?? MultiThreadedEventLoopGroup(numberOfThreads: settings.threads)
        let name = settings.name.rawValue
        let application = Application(
            responder: responder,
            server: HTTPServerBuilder { [limits = ConnectionLimits(settings)] in
                GuardedChannel(responder: $0, limits: limits)
            },
            configuration: ApplicationConfiguration(
                address: .hostname(settings.host, port: settings.port),
                // A storm connects everybody in one instant; what does not fit here waits for a SYN to be sent again.
                backlog: 4096
            ),
            onServerRunning: { channel in
                let port = channel.localAddress?.port ?? 0
                logger.info("listening", metadata: ["service": "\(name)", "port": "\(port)"])
                await onListening(port)
            },
            eventLoopGroupProvider: .shared(threads),
            logger: logger
        )
        let exporter = settings.traceEndpoint.map {
            OTLPExporter(endpoint: $0, service: settings.name, logger: logger)
        }
        if let exporter { Tracer.shared.start(into: exporter.queue) }
        defer { if let exporter { Tracer.shared.stop(exporter.queue) } }
        let telemetry: [any Service] = exporter.map { [$0] } ?? []
        // Services end in reverse order: the server first, then what its requests may still need, last what reports on all of them.
        var configuration = ServiceGroupConfiguration(
            services: (telemetry + background + [application]).map { service in
                .init(
                    service: service,
                    successTerminationBehavior: .gracefullyShutdownGroup,
                    failureTerminationBehavior: .gracefullyShutdownGroup
                )
            },
            gracefulShutdownSignals: signals,
            logger: logger
        )
        configuration.maximumGracefulShutdownDuration = .seconds(10)
        let outcome: Result<Void, any Error>
        do {
            outcome = .success(try await ServiceGroup(configuration: configuration).run())
        } catch {
            outcome = .failure(error)
        }
        await closing()
        if shared == nil { try? await threads.shutdownGracefully() }
        try outcome.get()
    }

    private static func addCommonRoutes(to router: Router<ServiceContext>, readiness: [ReadinessCheck]) {
        router.get("healthz") { _, _ in
            try jsonResponse(.ok, ["status": "alive"])
        }
        router.get("readyz") { _, context in
            for check in readiness {
                do {
                    try await withDeadline(.seconds(2), check.check)
                } catch {
                    context.log.warning("not ready", metadata: ["check": "\(check.name)", "error": "\(error)"])
                    throw ServiceError(.upstreamUnavailable, "\(check.name) does not answer", retryAfter: 1)
                }
            }
            return try jsonResponse(.ok, ["status": "ready"])
        }
        let contract = ByteBuffer(bytes: OpenAPI.document)
        router.get("openapi.yaml") { _, _ in
            Response(
                status: .ok,
                headers: [.contentType: "application/yaml"],
                body: ResponseBody(byteBuffer: contract)
            )
        }
        router.get("metrics") { _, _ in
            Response(
                status: .ok,
                headers: [.contentType: "text/plain; version=0.0.4; charset=utf-8"],
                body: ResponseBody(byteBuffer: ByteBuffer(string: registry.render()))
            )
        }
    }
}
