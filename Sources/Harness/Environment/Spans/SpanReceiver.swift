import NIOCore
import NIOHTTP1
import NIOPosix

/// An OTLP/HTTP collector of the harness' own: what the services of an embedded suite export goes to a file, as it comes.
///
/// Nothing is read before the run is over, so that a storm pays for writing only. What comes before ``record(to:)`` is no part of a run.
package final class SpanReceiver: Sendable {
    /// What the services get as `OTEL_EXPORTER_OTLP_ENDPOINT`.
    package let url: String
    private let channel: any Channel
    private let spool: SpanSpool

    private init(channel: any Channel, spool: SpanSpool, port: Int) {
        self.channel = channel
        self.spool = spool
        url = "http://127.0.0.1:\(port)"
    }

    /// Listens on a free port of loopback.
    ///
    /// - Throws: when there is no port to be had.
    package static func start() async throws -> SpanReceiver {
        let spool = SpanSpool()
        let channel = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.configureHTTPServerPipeline()
                    try channel.pipeline.syncOperations.addHandler(SpanRequestHandler(spool: spool))
                }
            }
            .bind(host: "127.0.0.1", port: 0)
            .get()
        guard let port = channel.localAddress?.port else {
            throw EnvironmentError("listen for spans", "the socket has no port")
        }
        return SpanReceiver(channel: channel, spool: spool, port: port)
    }

    /// From now on writes each body that is posted as a line of a new file.
    ///
    /// - Throws: when the file cannot be made.
    package func record(to path: String) throws { try spool.open(path) }

    /// What was posted and is not in the file, a sentence each kind.
    package var losses: [String] { spool.losses }

    /// Stops listening and closes the file.
    package func stop() async {
        try? await channel.close()
        spool.close()
    }
}
