import Scenario

/// Which transport carries a run.
enum TransportSelection {
    /// Makes the transport of one loop.
    ///
    /// - Throws: ``SystemFailure`` if the native one is asked for, and the gateway is reached by TLS.
    static func make(
        _ choice: TransportChoice,
        gateway: Gateway,
        programs: [FlowProgram],
        poller: Poller,
        origins: OriginTable
    ) throws -> any Transport {
        switch choice {
        case .native:
            guard !gateway.origin.isSecure else {
                throw SystemFailure(
                    "transport: native carries http:// only, and the gateway is \(gateway.text): use transport: auto or curl"
                )
            }
            return NativeTransport(poller: poller, origins: origins)
        case .auto where !gateway.origin.isSecure && programs.allSatisfy(\.staysWithGateway):
            return NativeTransport(poller: poller, origins: origins)
        case .auto, .curl:
            return try CurlTransport(
                poller: poller,
                origins: origins,
                resolving: GatewayAddress.resolve(gateway.text)
            )
        }
    }
}

extension FlowProgram {
    /// Whether all its URLs are paths of the gateway's: then a user needs one connection.
    fileprivate var staysWithGateway: Bool {
        operations.allSatisfy { operation in
            switch operation {
            case .request(let plan), .poll(let plan, _, _, _), .stream(let plan, _): plan.isRelative
            case .parallel(let plans, _): plans.allSatisfy(\.isRelative)
            default: true
            }
        }
    }
}
