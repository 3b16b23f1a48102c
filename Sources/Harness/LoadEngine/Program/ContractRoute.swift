/// What the engine knows of the contract's routes behind the gateway.
enum ContractRoute {
    private static let reservation = Array("/ticketing/reservation/api/".utf8)
    private static let order = Array("/ticketing/order/api/".utf8)
    private static let seatStreams = Array("/ticketing/catalog/api/events/".utf8)
    private static let seatStreamsEnd = Array("/seats/stream".utf8.reversed())
    private static let orders = Array("/ticketing/order/api/orders".utf8)

    /// Whether requests to this path belong in the history.
    static func isRecorded(_ path: some Sequence<UInt8>) -> Bool {
        path.starts(with: reservation) || path.starts(with: order)
    }

    /// Whether it is a stream of an event's seats, whose events belong in the history.
    static func isSeatStream(_ path: UnsafeBufferPointer<UInt8>) -> Bool {
        let end = path.firstIndex(of: UInt8(ascii: "?")) ?? path.count
        return path.starts(with: seatStreams) && path[..<end].reversed().starts(with: seatStreamsEnd)
    }

    /// Whether a `POST` to this path places an order.
    static func isOrders(_ path: some Sequence<UInt8>) -> Bool {
        path.prefix { $0 != UInt8(ascii: "?") }.elementsEqual(orders)
    }

    /// The health check of the service behind the path, or the gateway's own.
    static func healthPath(for path: [UInt8]) -> [UInt8] {
        let segments = path.split(separator: UInt8(ascii: "/"), maxSplits: 2, omittingEmptySubsequences: true)
        guard segments.count == 3, segments[0].elementsEqual("ticketing".utf8) else { return Array("/healthz".utf8) }
        return Array("/ticketing/".utf8) + segments[1] + Array("/healthz".utf8)
    }
}
