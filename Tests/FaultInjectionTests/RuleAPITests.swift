import NIOHTTP1
import Testing

@testable import FaultInjection

@Suite("The API of rules", .timeLimit(.minutes(2)))
struct RuleAPITests {
    private static let path = "/chaos/v1/proxies/p/rules"
    private static let drop = #"{"name": "r", "match": {"command": "GET"}, "act": "drop", "leaseSeconds": 60}"#

    @Test("a rule is made, shown, listed and deleted, and its record stays")
    func lifeCycle() async throws {
        try await TestProxy.with { proxy in
            _ = try await proxy.create(upstream: "127.0.0.1:1", speaking: .redis)
            let made = try await proxy.call(.POST, Self.path, Self.drop)
            #expect(made.status == 200)
            #expect(made.string("name") == "r" && made.string("act") == "drop" && made.string("where") == "request")
            #expect(made["matched"] == .integer(0) && made["active"] == .bool(true))
            #expect(try await proxy.call(.POST, Self.path, Self.drop).status == 409)
            #expect(try await proxy.call(.GET, Self.path + "/r").string("name") == "r")
            let listed = try await proxy.call(.GET, Self.path)
            #expect(listed.text.contains(#""name":"r""#))
            #expect(try await proxy.call(.GET, "/proxies/p").string("protocol") == "redis")
            #expect(try await proxy.call(.DELETE, Self.path + "/r").status == 204)
            #expect(try await proxy.call(.DELETE, Self.path + "/r").status == 404)
            #expect(try await proxy.call(.GET, Self.path + "/r").status == 404)
            #expect(try await proxy.rules().map(\.active) == [false])
            try await proxy.rule(#""act": "corrupt", "leaseSeconds": 0.05"#)
            #expect(try await eventually { try await proxy.rules().allSatisfy { !$0.active } })
        }
    }

    struct Refusal: Sendable {
        let body: String
        let says: String
    }

    private static let refusals: [Refusal] = [
        .init(body: "[]", says: "expected an object"), .init(body: "{}", says: "act"),
        .init(body: #"{"act": "drop"}"#, says: "leaseSeconds"),
        .init(
            body: #"{"act": "drop", "leaseSeconds": 1e9}"#,
            says: "leaseSeconds: 1000000000.0 is not in 0.001…86400.0"
        ),
        .init(body: #"{"act": "explode", "leaseSeconds": 1}"#, says: "act: expected drop"),
        .init(body: #"{"act": {"delay": -1}, "leaseSeconds": 1}"#, says: "act.delay: -1.0 is not in"),
        .init(
            body: #"{"act": {"delay": {"distribution": "cauchy"}}, "leaseSeconds": 1}"#,
            says: "act.delay.distribution"
        ),
        .init(
            body: #"{"act": {"delay": {"distribution": "uniform", "minMs": 2, "maxMs": 1}}, "leaseSeconds": 1}"#,
            says: "act.delay.minMs"
        ),
        .init(
            body: #"{"act": {"delay": {"distribution": "pareto", "minMs": 2}}, "leaseSeconds": 1}"#,
            says: "act.delay.shape"
        ),
        .init(
            body: #"{"act": {"delay": {"distribution": "samples", "samplesMs": []}}, "leaseSeconds": 1}"#,
            says: "act.delay.samplesMs"
        ),
        .init(
            body: #"{"act": {"delay": {"distribution": "samples", "samplesMs": [1, "x"]}}, "leaseSeconds": 1}"#,
            says: "samplesMs[1]"
        ),
        .init(body: #"{"act": {"throttle": 0}, "leaseSeconds": 1}"#, says: "act.throttle: 0 is not in"),
        .init(body: #"{"act": {"slice": {"average_size": 0}}, "leaseSeconds": 1}"#, says: "average_size"),
        .init(body: #"{"act": {"error": 5}, "leaseSeconds": 1}"#, says: "act.error"),
        .init(body: #"{"act": {"error": "two\r\nlines"}, "leaseSeconds": 1}"#, says: "act.error"),
        .init(body: #"{"act": "duplicate", "where": "reply", "leaseSeconds": 1}"#, says: "where"),
        .init(
            body: #"{"act": "drop", "where": "middle", "leaseSeconds": 1}"#,
            says: "where: \"middle\" is not one of request, reply"
        ),
        .init(body: #"{"act": "drop", "when": {"nth": 0}, "leaseSeconds": 1}"#, says: "when.nth: 0 is not in"),
        .init(body: #"{"act": "drop", "when": {"probability": 1.5}, "leaseSeconds": 1}"#, says: "when.probability"),
        .init(body: #"{"act": "drop", "when": "sometimes", "leaseSeconds": 1}"#, says: "when: expected"),
        .init(
            body: #"{"act": "drop", "match": {"comand": "GET"}, "leaseSeconds": 1}"#,
            says: "match.comand: no such field"
        ),
        .init(
            body: #"{"act": "drop", "match": {"statement": "COMMIT"}, "leaseSeconds": 1}"#,
            says: "match.statement: for mysql"
        ),
        .init(
            body: #"{"act": "drop", "match": {"statement": "COMIT"}, "leaseSeconds": 1}"#,
            says: "\"COMIT\" is not one of"
        ),
        .init(body: #"{"act": "drop", "match": {"api": "Product"}, "leaseSeconds": 1}"#, says: "match.api"),
        .init(
            body: #"{"act": "drop", "match": {"direction": "downstream"}, "where": "request", "leaseSeconds": 1}"#,
            says: "match.direction"
        ),
        .init(body: #"{"act": "drop", "match": {"connection": 0}, "leaseSeconds": 1}"#, says: "match.connection"),
        .init(body: #"{"act": "drop", "seed": -1, "leaseSeconds": 1}"#, says: "seed"),
        .init(body: #"{"act": "drop", "name": "", "leaseSeconds": 1}"#, says: "name"),
        .init(body: #"{"act": "drop", "lease": 1}"#, says: "lease: no such field"),
    ]

    @Test("what is wrong with a rule is named, with the range, and nothing is done")
    func refusals() async throws {
        try await TestProxy.with { proxy in
            _ = try await proxy.create(upstream: "127.0.0.1:1", speaking: .redis)
            _ = try await proxy.create("raw", upstream: "127.0.0.1:1")
            for refusal in Self.refusals {
                let reply = try await proxy.call(.POST, Self.path, refusal.body)
                let comment = Comment(rawValue: "\(refusal.body): \(reply.text)")
                #expect(reply.status == 400, comment)
                #expect(reply.string("error").contains(refusal.says), comment)
            }
            let raw = try await proxy.call(.POST, "/chaos/v1/proxies/raw/rules", Self.drop)
            #expect(raw.status == 400)
            #expect(raw.string("error").contains("follows no protocol"))
            let spoken = try await proxy.call(
                .POST,
                "/proxies",
                #"{"name": "x", "upstream": "a:1", "protocol": "smtp"}"#
            )
            #expect(spoken.string("error").contains("\"smtp\" is not one of redis, mysql, kafka, http"))
            let down = try await proxy.call(.POST, "/chaos/v1/proxies/p/down", "{}")
            #expect(down.string("error").contains("leaseSeconds"))
            #expect(try await proxy.call(.POST, "/chaos/v1/proxies/none/rules", Self.drop).status == 404)
            #expect(try await proxy.rules().isEmpty)
        }
    }
}
