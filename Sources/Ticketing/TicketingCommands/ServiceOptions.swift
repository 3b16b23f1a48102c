import ArgumentParser
import Contract
import Foundation
import Logging
import NIOCore
import NIOPosix
import Observability
import ServiceKit

/// What the four service commands have in common.
struct ServiceOptions: ParsableArguments {
    @Option(help: "Port to listen on; 0 takes a free one. Default: PORT, or the service's well-known port.")
    var port: Int?

    @Option(help: "File to which to write the port once the service listens.")
    var portFile: String?

    func validate() throws {
        guard port.map((0...65535).contains) ?? true else {
            throw ValidationError("--port takes 0 to 65535, not \(port ?? 0)")
        }
    }

    /// Reads the settings, starts logging and metrics, and runs the service until SIGTERM or SIGINT.
    ///
    /// - Parameters:
    ///   - name: The service.
    ///   - application: Makes the service of its settings, a logger, and what to call with the port once it is bound.
    /// - Throws: ``SettingsError`` with every variable that is missing or wrong.
    func run(
        _ name: ServiceName,
        _ application: (ServiceSettings, Logger, @escaping @Sendable (Int) async -> Void) throws -> ServiceApplication
    ) async throws {
        let settings = try ServiceSettings.read(name, environment: ProcessInfo.processInfo.environment, port: port)
        // Tasks run on the event loops: a request that waits for a store then crosses no thread to write its answer.
        NIOSingletons.groupLoopCountSuggestion = settings.threads
        NIOSingletons.unsafeTryInstallSingletonPosixEventLoopGroupAsConcurrencyGlobalExecutor()
        JSONLogHandler.bootstrap(level: settings.logLevel)
        // Before the first counter is made, or it would count into nothing.
        _ = ServiceApplication.registry
        let logger = Logger(label: name.rawValue)
        let portFile = portFile
        let made = try application(settings, logger) { port in
            guard let portFile else { return }
            do {
                try Data("\(port)\n".utf8).write(to: URL(fileURLWithPath: portFile), options: .atomic)
            } catch {
                logger.error("cannot write the port file", metadata: ["file": "\(portFile)", "error": "\(error)"])
            }
        }
        try await made.run(on: .singleton)
    }
}

/// Help that the four service commands share.
enum ServiceHelp {
    /// The variables that every service reads.
    static let variables = """
        Environment: HOST (127.0.0.1), PORT, AUTH_SECRET or AUTH_SECRET_FILE (at least 32 bytes) or AUTH=off, LOG_LEVEL (info), \
        SERVICE_THREADS (1), MAX_CONCURRENCY (8192), REQUEST_READ_TIMEOUT_MS (10000), REDIS_TIMEOUT_MS (500), MYSQL_URL_FILE and \
        REDIS_URL_FILE (files that hold the URLs), OTEL_EXPORTER_OTLP_ENDPOINT (a collector's base \
        URL; without it no traces are exported).
        """
}
