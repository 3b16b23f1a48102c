import Contract
import Hummingbird
import KafkaClient
import Logging
import NIOCore

/// The control server of an embedded cluster: what may be done to its brokers while they run.
struct BrokerControl: Sendable {
    let cluster: EmbeddedKafkaCluster

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
        router.post("brokers/{id}/down") { _, context in
            try self.cluster.brokerDown(Self.id(context))
            return BrokerState(self.cluster)
        }
        router.post("brokers/{id}/up") { _, context in
            try self.cluster.brokerUp(Self.id(context))
            return BrokerState(self.cluster)
        }
        router.put("brokers/{id}/rtt") { request, context in
            let milliseconds: Int = try Self.number(request, "ms", in: 0...60_000)
            try self.cluster.setRoundTrip(Self.id(context), milliseconds: milliseconds)
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
