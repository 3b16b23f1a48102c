import NIOHTTP1
import Testing

@testable import FaultInjection

@Suite("Toxiproxy's API", .timeLimit(.minutes(2)))
struct ProxyAPITests {
    private static let latency = #"{"type": "latency", "attributes": {"latency": 100}}"#

    @Test("a proxy is created, listed, shown, changed and deleted with Toxiproxy's statuses and shapes")
    func proxyLifeCycle() async throws {
        try await TestProxy.with { proxy in
            let created = try await proxy.call(
                .POST,
                "/proxies",
                #"{"name": "redis", "listen": "127.0.0.1:0", "upstream": "127.0.0.1:6379"}"#
            )
            #expect(created.status == 201)
            #expect(created["enabled"] == .bool(true))
            #expect(created["toxics"] == .array([]))
            #expect(created.string("listen").hasPrefix("127.0.0.1:"))
            #expect(created.string("listen") != "127.0.0.1:0")

            let listed = try await proxy.call(.GET, "/proxies")
            #expect(listed.status == 200)
            #expect(listed["redis"] == created.body)
            let shown = try await proxy.call(.GET, "/proxies/redis")
            #expect(shown.status == 200)
            #expect(shown.body == created.body)

            for method in [HTTPMethod.POST, .PATCH] {
                let disabled = try await proxy.call(method, "/proxies/redis", #"{"enabled": false}"#)
                #expect(disabled.status == 200)
                #expect(disabled["enabled"] == .bool(false))
                let enabled = try await proxy.call(method, "/proxies/redis", #"{"enabled": true}"#)
                #expect(enabled["listen"] == created["listen"])
            }
            let deleted = try await proxy.call(.DELETE, "/proxies/redis")
            #expect(deleted.status == 204)
            #expect(deleted.text == "")
            #expect(try await proxy.call(.GET, "/proxies/redis").status == 404)
        }
    }

    @Test("a toxic is created with 200 and the defaults, listed, shown, changed and deleted")
    func toxicLifeCycle() async throws {
        try await TestProxy.with { proxy in
            _ = try await proxy.create(upstream: "127.0.0.1:1")
            let created = try await proxy.call(.POST, "/proxies/p/toxics", Self.latency)
            #expect(created.status == 200)
            #expect(created.string("name") == "latency_downstream")
            #expect(created.string("stream") == "downstream")
            #expect(created["toxicity"] == .integer(1))
            #expect(created["attributes"] == .object(["latency": .integer(100), "jitter": .integer(0)]))
            #expect(try await proxy.call(.GET, "/proxies/p/toxics").body == .array([created.body]))
            #expect(try await proxy.call(.GET, "/proxies/p")["toxics"] == .array([created.body]))
            #expect(try await proxy.call(.GET, "/proxies/p/toxics/latency_downstream").body == created.body)

            for (method, jitter) in [(HTTPMethod.POST, 7), (.PATCH, 8)] {
                let path = "/proxies/p/toxics/latency_downstream"
                let body = #"{"toxicity": 0.5, "attributes": {"jitter": \#(jitter)}}"#
                let changed = try await proxy.call(method, path, body)
                #expect(changed.status == 200)
                #expect(changed["toxicity"] == .number(0.5))
                let attributes: [String: JSONValue] = ["latency": .integer(100), "jitter": .integer(Int64(jitter))]
                #expect(changed["attributes"] == .object(attributes))
            }
            #expect(try await proxy.call(.DELETE, "/proxies/p/toxics/latency_downstream").status == 204)
            #expect(try await proxy.call(.DELETE, "/proxies/p/toxics/latency_downstream").status == 404)
        }
    }

    @Test("populate answers 201; an equal proxy keeps its toxics and a different one is replaced")
    func populate() async throws {
        try await TestProxy.with { proxy in
            let list = #"[{"name": "a", "listen": "127.0.0.1:0", "upstream": "127.0.0.1:1"}]"#
            let first = try await proxy.call(.POST, "/populate", list)
            #expect(first.status == 201)
            try await proxy.addLatency(5, proxy: "a")
            let again = try await proxy.call(.POST, "/populate", list)
            #expect(again.status == 201)
            let kept = try await proxy.call(.GET, "/proxies/a")
            #expect(again["proxies"] == .array([kept.body]))
            #expect(kept["toxics"] != .array([]))

            let other = #"[{"name": "a", "listen": "127.0.0.1:0", "upstream": "127.0.0.1:2"}]"#
            #expect(try await proxy.call(.POST, "/populate", other).status == 201)
            #expect(try await proxy.call(.GET, "/proxies/a")["toxics"] == .array([]))

            let bad = #"[{"name": "b", "upstream": "127.0.0.1:2"}, {"name": "c"}]"#
            let refused = try await proxy.call(.POST, "/populate", bad)
            #expect(refused.status == 400)
            #expect(refused.string("error") == "missing required field: upstream at proxy 2")
            #expect(try await proxy.call(.GET, "/proxies/b").status == 404, "nothing is done for a list with a mistake")
        }
    }

    @Test("reset enables every proxy and removes every toxic")
    func reset() async throws {
        try await TestProxy.with { proxy in
            _ = try await proxy.create(upstream: "127.0.0.1:1")
            try await proxy.addLatency(5)
            _ = try await proxy.call(.POST, "/proxies/p", #"{"enabled": false}"#)
            #expect(try await proxy.call(.POST, "/reset").status == 204)
            let shown = try await proxy.call(.GET, "/proxies/p")
            #expect(shown["enabled"] == .bool(true))
            #expect(shown["toxics"] == .array([]))
        }
    }

    @Test("the version is JSON and the metrics are Prometheus text")
    func versionAndMetrics() async throws {
        try await TestProxy.with { proxy in
            _ = try await proxy.create(upstream: "127.0.0.1:1")
            try await proxy.addLatency(5)
            #expect(try await proxy.call(.GET, "/version").string("version") == ProxyAPI.version)
            let metrics = try await proxy.call(.GET, "/metrics")
            #expect(metrics.status == 200)
            #expect(metrics.text.contains("# TYPE toxiproxy_proxy_received_bytes_total counter\n"))
            #expect(metrics.text.contains(#"proxy="p",stream="downstream",toxic="slow",type="latency"} 0"#))
        }
    }

    struct Refusal: Sendable, CustomTestStringConvertible {
        let method: HTTPMethod
        let path: String
        var body: String?
        let status: Int
        let says: String

        var testDescription: String { "\(method.rawValue) \(path) \(body?.prefix(60) ?? "") → \(status)" }
    }

    static let refusals: [Refusal] = [
        .init(method: .GET, path: "/nothing", status: 404, says: "/nothing"),
        .init(method: .GET, path: "/proxies/none", status: 404, says: "none"),
        .init(method: .GET, path: "/proxies/none/toxics", status: 404, says: "none"),
        .init(method: .POST, path: "/proxies/none/toxics", body: latency, status: 404, says: "none"),
        .init(method: .GET, path: "/proxies/p/toxics/none", status: 404, says: "none"),
        .init(method: .DELETE, path: "/proxies/none", status: 404, says: "none"),
        .init(method: .PUT, path: "/proxies", body: "{}", status: 405, says: "allowed are GET, POST"),
        .init(method: .GET, path: "/reset", status: 405, says: "POST"),
        .init(method: .POST, path: "/proxies", status: 400, says: "empty"),
        .init(method: .POST, path: "/proxies", body: "garbage", status: 400, says: "not JSON"),
        .init(method: .POST, path: "/proxies", body: "\u{0}\u{1}", status: 400, says: "not JSON"),
        .init(method: .POST, path: "/proxies", body: "[]", status: 400, says: "expected an object"),
        .init(method: .POST, path: "/proxies", body: #"{"upstream": "a:1"}"#, status: 400, says: "name"),
        .init(method: .POST, path: "/proxies", body: #"{"name": "", "upstream": "a:1"}"#, status: 400, says: "name"),
        .init(method: .POST, path: "/proxies", body: #"{"name": "x"}"#, status: 400, says: "upstream"),
        .init(method: .POST, path: "/proxies", body: #"{"name": 5}"#, status: 400, says: "name: expected a string"),
        .init(
            method: .POST,
            path: "/proxies",
            body: #"{"name": "x", "upstream": "nowhere"}"#,
            status: 400,
            says: "upstream"
        ),
        .init(
            method: .POST,
            path: "/proxies",
            body: #"{"name": "x", "listen": "1.2.3.4.5:1", "upstream": "a:1"}"#,
            status: 400,
            says: "listen"
        ),
        .init(
            method: .POST,
            path: "/proxies",
            body: #"{"name": "p", "upstream": "127.0.0.1:1"}"#,
            status: 409,
            says: "proxy already exists"
        ),
        .init(method: .POST, path: "/proxies/p", body: #"{"enabled": "no"}"#, status: 400, says: "enabled"),
        .init(method: .POST, path: "/populate", body: "{}", status: 400, says: "list"),
        .init(method: .POST, path: "/proxies/p/toxics", body: "{}", status: 400, says: "type"),
        .init(
            method: .POST,
            path: "/proxies/p/toxics",
            body: #"{"type": "slicer", "attributes": {"average_size": 0}}"#,
            status: 400,
            says: "attributes.average_size"
        ),
        .init(
            method: .POST,
            path: "/proxies/p/toxics",
            body: #"{"type": "slicer", "attributes": {"average_size": 10, "size_variation": 10}}"#,
            status: 400,
            says: "attributes.size_variation"
        ),
        .init(
            method: .POST,
            path: "/proxies/p/toxics",
            body: #"{"type": "bandwidth", "attributes": {"rate": -1}}"#,
            status: 400,
            says: "attributes.rate"
        ),
        .init(
            method: .POST,
            path: "/proxies/p/toxics",
            body: #"{"type": "limit_data", "attributes": {"bytes": "all"}}"#,
            status: 400,
            says: "attributes.bytes"
        ),
        .init(method: .POST, path: "/proxies/p/toxics", body: #"{"type": "rain"}"#, status: 400, says: "rain"),
        .init(
            method: .POST,
            path: "/proxies/p/toxics",
            body: #"{"type": "latency", "stream": "sideways"}"#,
            status: 400,
            says: "stream"
        ),
        .init(
            method: .POST,
            path: "/proxies/p/toxics",
            body: #"{"type": "latency", "toxicity": 1.5}"#,
            status: 400,
            says: "toxicity"
        ),
        .init(
            method: .POST,
            path: "/proxies/p/toxics",
            body: #"{"type": "latency", "attributes": {"latency": -1}}"#,
            status: 400,
            says: "attributes.latency"
        ),
        .init(
            method: .POST,
            path: "/proxies/p/toxics",
            body: #"{"type": "latency", "attributes": {"latency": "1"}}"#,
            status: 400,
            says: "attributes.latency: expected a whole number, found a string"
        ),
        .init(
            method: .POST,
            path: "/proxies/p/toxics",
            body: #"{"type": "latency", "attributes": {"jitter": true}}"#,
            status: 400,
            says: "attributes.jitter"
        ),
        .init(
            method: .POST,
            path: "/proxies/p/toxics",
            body: #"{"type": "latency", "attributes": {"latency": 1e300}}"#,
            status: 400,
            says: "attributes.latency"
        ),
        .init(
            method: .POST,
            path: "/proxies/p/toxics",
            body: #"{"type": "latency", "attributes": {"latencey": 1}}"#,
            status: 400,
            says: "attributes.latencey"
        ),
        .init(
            method: .POST,
            path: "/proxies/p/toxics",
            body: #"{"type": "latency", "attributes": 3}"#,
            status: 400,
            says: "attributes"
        ),
        .init(
            method: .POST,
            path: "/proxies/p/toxics",
            body: #"{"name": "slow", "type": "latency"}"#,
            status: 409,
            says: "slow"
        ),
        .init(
            method: .POST,
            path: "/proxies/p/toxics/slow",
            body: #"{"attributes": {"jitter": -1}}"#,
            status: 400,
            says: "jitter"
        ),
        .init(method: .POST, path: "/chaos/v1/proxies/p/toxics", body: latency, status: 400, says: "leaseSeconds"),
        .init(
            method: .POST,
            path: "/chaos/v1/proxies/p/toxics",
            body: #"{"type": "latency", "leaseSeconds": 1e9}"#,
            status: 400,
            says: "leaseSeconds"
        ),
    ]

    @Test("what cannot be done is refused with a status, an error that names the culprit, and no effect")
    func refusals() async throws {
        try await TestProxy.with { proxy in
            _ = try await proxy.create(upstream: "127.0.0.1:1")
            try await proxy.addLatency(5)
            let before = try await proxy.call(.GET, "/proxies").body
            for refusal in Self.refusals {
                let reply = try await proxy.call(refusal.method, refusal.path, refusal.body)
                let comment = Comment(rawValue: "\(refusal.testDescription): \(reply.text)")
                #expect(reply.status == refusal.status, comment)
                #expect(reply["status"] == .integer(Int64(refusal.status)), comment)
                #expect(reply.string("error").contains(refusal.says), comment)
            }
            #expect(try await proxy.call(.GET, "/proxies").body == before)
        }
    }

    @Test("a body that is too long is refused, and so is a browser")
    func longBodyAndBrowser() async throws {
        try await TestProxy.with { (proxy: TestProxy) async throws in
            let long = "\"" + String(repeating: "x", count: 2 * 1_024 * 1_024) + "\""
            #expect(try await proxy.call(.POST, "/proxies", long).status == 413)
            #expect(try await proxy.call(.POST, "/reset", agent: "Mozilla/5.0").status == 403)
            #expect(try await proxy.call(.GET, "/version").status == 200)
        }
    }

    @Test("a port that is taken is an error that says which, and leaves no proxy behind")
    func portTaken() async throws {
        let server = try TestServer.echo()
        try await TestProxy.with { proxy in
            let body = #"{"name": "x", "listen": "\#(server.address)", "upstream": "127.0.0.1:1"}"#
            let reply = try await proxy.call(.POST, "/proxies", body)
            #expect(reply.status == 500)
            #expect(reply.string("error").contains(server.address))
            #expect(try await proxy.call(.GET, "/proxies/x").status == 404)
        }
    }

    @Test("names are taken apart after the path is, so a name may hold a slash")
    func slashInName() async throws {
        try await TestProxy.with { proxy in
            _ = try await proxy.create("a/b", upstream: "127.0.0.1:1")
            #expect(try await proxy.call(.GET, "/proxies/a%2Fb").string("name") == "a/b")
        }
    }
}
