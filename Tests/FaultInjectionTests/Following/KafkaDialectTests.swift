import Testing

@testable import FaultInjection

@Suite("Kafka, read along")
struct KafkaDialectTests {
    private static func short(_ value: Int) -> [UInt8] { [UInt8(value >> 8 & 0xFF), UInt8(value & 0xFF)] }
    private static func long(_ value: Int) -> [UInt8] { short(value >> 16 & 0xFFFF) + short(value & 0xFFFF) }
    private static func text(_ value: String) -> [UInt8] { short(value.utf8.count) + Array(value.utf8) }
    private static func compact(_ value: String) -> [UInt8] { [UInt8(value.utf8.count + 1)] + Array(value.utf8) }
    private static func frame(_ payload: [UInt8]) -> [UInt8] { long(payload.count) + payload }

    private static func request(
        _ api: Int16,
        _ version: Int,
        _ number: Int,
        _ body: [UInt8],
        flexible: Bool = false
    ) -> [UInt8] {
        frame(short(Int(api)) + short(version) + long(number) + text("me") + (flexible ? [0] : []) + body)
    }

    private static func produce(
        _ number: Int,
        topic: String,
        acks: Int = -1,
        version: Int = 7,
        size: Int = 300
    ) -> [UInt8] {
        let records = [UInt8](repeating: 9, count: size)
        if version >= 9 {
            let body =
                [0] + short(acks & 0xFFFF) + long(1_000) + [2] + compact(topic) + [2] + long(0) + [0xAD, 2] + records
                + [0, 0, 0]
            return request(0, version, number, body, flexible: true)
        }
        let start = version >= 3 ? short(0xFFFF) : []
        let body =
            start + short(acks & 0xFFFF) + long(1_000) + long(1) + text(topic) + long(1) + long(0) + long(size)
            + records
        return request(0, version, number, body)
    }

    private static func reply(_ number: Int) -> [UInt8] { frame(long(number) + [1, 2, 3, 4]) }

    @Test(
        "only the acknowledgement that is meant is lost; the replies around it arrive",
        arguments: [2, 3, 7, 9],
        UInt64(0)..<4
    )
    func lostAcknowledgement(version: Int, seed: UInt64) throws {
        let talk = try Talk(.kafka, splitSeed: seed)
        let rule = try talk.rule(#""match": {"api": "Produce", "topic": "orders*"}, "where": "reply", "act": "drop""#)
        let sent =
            Self.produce(1, topic: "other", version: version) + Self.produce(2, topic: "orders.paid", version: version)
            + Self.request(12, 4, 3, [1, 2, 3])
        talk.feed(.upstream, sent)
        talk.feed(.downstream, Self.reply(1) + Self.reply(2) + Self.reply(3))
        #expect(talk.up == sent)
        #expect(talk.down == Self.reply(1) + Self.reply(3))
        #expect(rule.matched == 1 && rule.applied == 1)
    }

    @Test(
        "a Produce that is longer than what is kept of it is not taken for the request before it",
        arguments: [nil, 1, 2]
    )
    func long(seed: UInt64?) throws {
        let talk = try Talk(.kafka, splitSeed: seed)
        let rule = try talk.rule(#""match": {"api": "Produce", "topic": "orders"}, "where": "reply", "act": "drop""#)
        let sent = Self.request(12, 4, 1, [1, 2, 3]) + Self.produce(2, topic: "orders", size: 10_000)
        talk.feed(.upstream, sent)
        talk.feed(.downstream, Self.reply(1) + Self.reply(2))
        #expect(talk.up == sent)
        #expect(talk.down == Self.reply(1))
        #expect(rule.matched == 1 && rule.applied == 1)
        #expect(talk.conversation.unfollowed == nil)
    }

    @Test("Produce that asks for no acknowledgement shifts nothing", arguments: UInt64(0)..<4)
    func unacknowledged(seed: UInt64) throws {
        let talk = try Talk(.kafka, splitSeed: seed)
        let rule = try talk.rule(#""match": {"api": "Heartbeat"}, "where": "reply", "act": "drop""#)
        talk.feed(.upstream, Self.produce(1, topic: "a", acks: 0) + Self.request(12, 0, 2, []))
        talk.feed(.downstream, Self.reply(2))
        #expect(talk.down.isEmpty)
        #expect(rule.applied == 1)
    }

    @Test("a duplicated Produce is sent twice and acknowledged once", arguments: UInt64(0)..<4)
    func duplicate(seed: UInt64) throws {
        let talk = try Talk(.kafka, splitSeed: seed)
        try talk.rule(#""match": {"topic": "a"}, "act": "duplicate""#)
        let first = Self.produce(1, topic: "a")
        talk.feed(.upstream, first + Self.produce(2, topic: "b"))
        talk.feed(.downstream, Self.reply(1) + Self.reply(1) + Self.reply(2))
        #expect(talk.up == first + first + Self.produce(2, topic: "b"))
        #expect(talk.down == Self.reply(1) + Self.reply(2))
    }

    @Test("a Fetch that names its topics by number is said not to be seen")
    func unseen() throws {
        let talk = try Talk(.kafka)
        let rule = try talk.rule(#""match": {"api": "Fetch", "topic": "a"}, "act": "drop""#)
        talk.feed(.upstream, Self.request(1, 13, 1, [1, 2, 3], flexible: true))
        #expect(rule.unseen == ["Fetch v13 without topic names": 1])
        #expect(rule.matched == 0)
    }

    @Test("Metadata and FindCoordinator name the proxy's listeners instead of brokers", arguments: [0, 1, 4, 9, 12])
    func addresses(version: Int) throws {
        let talk = try Talk(.kafka, splitSeed: UInt64(version))
        talk.proxy.openBroker = { SocketAddress(host: "127.0.0.1", port: $0.port + 1_000) }
        let flexible = version >= 9
        func metadata(_ ports: [Int], _ host: String) -> [UInt8] {
            var body = version >= 3 ? Self.long(0) : []
            body += flexible ? [UInt8(ports.count + 1)] : Self.long(ports.count)
            for (node, port) in ports.enumerated() {
                body += Self.long(node) + (flexible ? Self.compact(host) : Self.text(host)) + Self.long(port)
                if version >= 1 {
                    body += flexible ? [0, 0] : Self.short(0xFFFF)
                }
            }
            return Self.frame(Self.long(5) + (flexible ? [0] : []) + body + Array("and the rest".utf8))
        }
        talk.feed(.upstream, Self.request(3, version, 5, [1, 2], flexible: flexible))
        talk.feed(.downstream, metadata([9_092, 2], "broker.example"))
        #expect(talk.down == metadata([10_092, 1_002], "127.0.0.1"))
        let before = talk.down.count
        let found = Self.short(0) + Self.long(3) + Self.text("127.0.0.1")
        talk.feed(.upstream, Self.request(10, 0, 6, Self.text("group")))
        // The proxy's own upstream is reached where the proxy listens.
        talk.feed(.downstream, Self.frame(Self.long(6) + found + Self.long(2)))
        #expect(Array(talk.down.dropFirst(before)) == Self.frame(Self.long(6) + found + Self.long(1)))
        talk.feed(.upstream, Self.request(3, 99, 7, [], flexible: true))
        talk.feed(.downstream, Self.reply(7))
        #expect(Array(talk.down.suffix(12)) == Self.reply(7))
        #expect(talk.proxy.unfollowed.keys.contains { $0.contains("Metadata v99") })
    }
}
