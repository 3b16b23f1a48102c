/// Brokers' addresses in replies, replaced by those of the proxy's listeners, so that no client goes past it.
///
/// https://kafka.apache.org/protocol#protocol_messages
struct KafkaAddresses {
    /// The versions that are understood; librdkafka 2.0.2 uses Metadata up to 4 and FindCoordinator up to 2.
    private static let versions: [Int16: ClosedRange<Int16>] = [
        KafkaAPI.metadata: 0...12, KafkaAPI.findCoordinator: 0...6, KafkaAPI.describeCluster: 0...1,
    ]

    static func isCarried(by api: Int16) -> Bool { versions[api] != nil }

    private let version: Int16
    private let isCompact: Bool
    private let listener: (Endpoint) -> SocketAddress?
    private var input: KafkaPayload
    private var output: [UInt8] = []
    /// Of the input, already in the output.
    private var copied = 0

    /// The reply, its length included, as the client is to see it.
    ///
    /// - Throws: ``Unfollowable`` if the addresses cannot be found, or there is no listener for one.
    static func rewrite(
        _ reply: [UInt8],
        api: Int16,
        version: Int16,
        listener: @escaping (Endpoint) -> SocketAddress?
    ) throws(Unfollowable) -> [UInt8] {
        let name = "\(KafkaAPI.name(api)) v\(version)"
        guard versions[api]?.contains(version) == true else {
            throw Unfollowable("broker addresses in \(name), which is not understood: clients go past the proxy")
        }
        var addresses = KafkaAddresses(reply, api, version, listener)
        guard addresses.rewrite(api) != nil else {
            throw Unfollowable(
                "broker addresses in \(name): malformed, or no port for a listener; clients go past the proxy"
            )
        }
        var output = addresses.output + reply[addresses.copied...]
        let length = UInt32(output.count - 4)
        for place in 0..<4 {
            output[place] = UInt8(truncatingIfNeeded: length >> UInt32(24 - 8 * place))
        }
        return output
    }

    private init(
        _ reply: [UInt8],
        _ api: Int16,
        _ version: Int16,
        _ listener: @escaping (Endpoint) -> SocketAddress?
    ) {
        input = KafkaPayload(reply)
        self.version = version
        isCompact = KafkaAPI.firstFlexible[api].map { version >= $0 } ?? false
        self.listener = listener
    }

    private mutating func rewrite(_ api: Int16) -> Void? {
        // Length and correlation id.
        guard input.skip(8) != nil, skipTags() != nil else { return nil }
        return switch api {
        case KafkaAPI.metadata: rewriteMetadata()
        case KafkaAPI.findCoordinator: rewriteCoordinator()
        default: rewriteCluster()
        }
    }

    private mutating func rewriteMetadata() -> Void? {
        guard version < 3 || input.skip(4) != nil else { return nil }
        return rewriteBrokers(haveRacks: version >= 1)
    }

    private mutating func rewriteCluster() -> Void? {
        guard input.skip(4 + 2) != nil, input.text(isCompact: true) != nil, version < 1 || input.skip(1) != nil,
            input.text(isCompact: true) != nil, input.skip(4) != nil
        else { return nil }
        return rewriteBrokers(haveRacks: true)
    }

    private mutating func rewriteBrokers(haveRacks: Bool) -> Void? {
        guard let count = input.length(4, isCompact: isCompact) else { return nil }
        for _ in 0..<max(0, count) {
            guard input.skip(4) != nil, rewriteAddress() != nil,
                !haveRacks || input.text(isCompact: isCompact) != nil, skipTags() != nil
            else { return nil }
        }
        return ()
    }

    private mutating func rewriteCoordinator() -> Void? {
        guard version < 1 || input.skip(4) != nil else { return nil }
        guard version >= 4 else {
            guard input.skip(2) != nil, version < 1 || input.text(isCompact: isCompact) != nil, input.skip(4) != nil
            else { return nil }
            return rewriteAddress()
        }
        guard let count = input.length(4, isCompact: true) else { return nil }
        for _ in 0..<max(0, count) {
            guard input.text(isCompact: true) != nil, input.skip(4) != nil, rewriteAddress() != nil,
                input.skip(2) != nil, input.text(isCompact: true) != nil, skipTags() != nil
            else { return nil }
        }
        return ()
    }

    private mutating func rewriteAddress() -> Void? {
        let start = input.index
        guard let host = input.text(isCompact: isCompact), let port = input.integer(4) else { return nil }
        // There is no coordinator yet, say.
        guard !host.isEmpty, port > 0 else { return () }
        let name = host.contains(":") ? "[\(host)]" : host
        guard let broker = Endpoint("\(name):\(port)"), let address = listener(broker) else { return nil }
        output += input.bytes[copied..<start]
        copied = input.index
        let text = Array(address.host.utf8)
        output += isCompact ? [UInt8(text.count + 1)] : [0, UInt8(text.count)]
        output += text
        output += [0, 0, UInt8(address.port >> 8), UInt8(address.port & 0xFF)]
        return ()
    }

    private mutating func skipTags() -> Void? {
        isCompact ? input.skipTaggedFields() : ()
    }
}
