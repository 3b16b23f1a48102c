import Contract
import Hummingbird
import KafkaClient
import Logging
import NIOCore

/// The control server of an embedded cluster: what may be done to its brokers while they run.
struct BrokerControl: Sendable {
    let cluster: EmbeddedKafkaCluster
    private let leases: BrokerLeases

    /// The longest lease, in seconds.
    private static let longestLease = 3_600.0

    init(cluster: EmbeddedKafkaCluster) {
        self.cluster = cluster
        self.leases = BrokerLeases(cluster: cluster)
    }

    /// The server, on 127.0.0.1.
    ///
    /// - Parameters:
    ///   - port: 0 takes a free one.
    ///   - logger: hears of failures.
    ///   - onRunning: gets the port, once it answers; when it throws, the server ends.
    /// - Returns: a service.
    func application(
        port: Int,
        logger: Logger,
        onRunning: @escaping @Sendable (Int) throws -> Void
    ) -> some ApplicationProtocol {
        Application(
            router: self.router(),
            configuration: .init(address: .hostname("127.0.0.1", port: port), serverName: nil),
            onServerRunning: { channel in
                do {
                    try onRunning(channel.localAddress?.port ?? port)
                } catch {
                    logger.critical("the broker cannot say where it is", error: error)
                    channel.close(promise: nil)
                }
            },
            logger: logger
        )
    }

    private func router() -> Router<BasicRequestContext> {
        let router = Router()
        router.addMiddleware { BrokerErrors() }
        router.get("brokers") { _, _ in
            BrokerState(self.cluster)
        }
        router.post("brokers/{id}/down") { request, context in
            let (id, lease) = (try Self.id(context), try Self.lease(request))
            try self.cluster.brokerDown(id)
            self.leases.set(.down(id), seconds: lease)
            return BrokerState(self.cluster)
        }
        router.post("brokers/{id}/up") { _, context in
            let id = try Self.id(context)
            try self.cluster.brokerUp(id)
            self.leases.set(.down(id), seconds: nil)
            return BrokerState(self.cluster)
        }
        router.put("brokers/{id}/rtt") { request, context in
            let milliseconds: Int = try Self.number(request, "ms", in: 0...60_000)
            let (id, lease) = (try Self.id(context), try Self.lease(request))
            try self.cluster.setRoundTrip(id, milliseconds: milliseconds)
            self.leases.set(.slow(id), seconds: milliseconds > 0 ? lease : nil)
            return BrokerState(self.cluster)
        }
        router.post("freeze") { request, _ in
            let seconds: Double = try Self.number(request, "seconds", in: 0...600)
            try self.cluster.freeze(for: .milliseconds(Int64(seconds * 1000)))
            return BrokerState(self.cluster)
        }
        return router
    }

    private static func id(_ context: BasicRequestContext) throws -> Int32 {
        let text = context.parameters.get("id") ?? ""
        guard let id = Int32(text) else {
            throw BrokerRefusal(.validationFailed, "a broker's id is a number, not \"\(text)\"")
        }
        return id
    }

    /// After how many seconds it is undone by itself; nil when that was not asked for.
    private static func lease(_ request: Request) throws -> Double? {
        guard request.uri.queryParameters["seconds"] != nil else { return nil }
        return try Self.number(request, "seconds", in: 0.001...Self.longestLease)
    }

    private static func number<N: Comparable & LosslessStringConvertible>(
        _ request: Request,
        _ name: String,
        in range: ClosedRange<N>
    ) throws -> N {
        guard let text = request.uri.queryParameters[name[...]] else {
            throw BrokerRefusal(
                .validationFailed,
                "the query parameter \(name) is missing: \(range.lowerBound) to \(range.upperBound)"
            )
        }
        guard let number = N(String(text)), range.contains(number) else {
            throw BrokerRefusal(
                .validationFailed,
                "the query parameter \(name) takes \(range.lowerBound) to \(range.upperBound), not \"\(text)\""
            )
        }
        return number
    }
}
