import AsyncHTTPClient
import Foundation
import Logging
import NIOCore
import NIOHTTP1

@testable import FaultInjection

/// A proxy with its API, running in this process.
struct TestProxy: Sendable {
    struct Reply: Sendable {
        let status: Int
        let body: JSONValue
        let text: String

        subscript(_ name: String) -> JSONValue? {
            if case .object(let fields) = body { fields[name] } else { nil }
        }

        func string(_ name: String) -> String {
            if case .string(let string)? = self[name] { string } else { "" }
        }
    }

    let server: ProxyServer

    /// Starts one, hands it to `body`, and stops it whatever happens.
    static func with<T: Sendable>(
        seed: UInt64 = 1,
        lineCapacity: Int = 256 * 1_024,
        dialSeconds: Double = 10,
        _ body: @Sendable (TestProxy) async throws -> T
    ) async throws -> T {
        var logger = Logger(label: "proxy")
        logger.logLevel = .error
        let server = try await ProxyServer.start(
            port: 0,
            configuration: RelayConfiguration(seed: seed, lineCapacity: lineCapacity, dialSeconds: dialSeconds),
            logger: logger
        )
        let result: Result<T, any Error>
        do {
            result = .success(try await body(TestProxy(server: server)))
        } catch {
            result = .failure(error)
        }
        await server.stop()
        return try result.get()
    }

    func call(
        _ method: HTTPMethod,
        _ path: String,
        _ body: String? = nil,
        agent: String = "test"
    ) async throws -> Reply {
        var request = HTTPClientRequest(url: server.url + path)
        request.method = method
        request.headers.add(name: "User-Agent", value: agent)
        if let body {
            request.body = .bytes(ByteBuffer(string: body))
        }
        let response = try await HTTPClient.shared.execute(request, timeout: .seconds(20))
        let buffer = try await response.body.collect(upTo: 4 * 1_024 * 1_024)
        let data = Data(buffer.readableBytesView)
        let value = (try? JSONValue.parse(data)) ?? .null
        return Reply(status: Int(response.status.code), body: value, text: String(decoding: data, as: UTF8.self))
    }

    /// A proxy to `upstream` on a free port.
    /// - Returns: where it listens.
    func create(
        _ name: String = "p",
        upstream: String,
        speaking spoken: ProxiedProtocol? = nil
    ) async throws -> String {
        let spoken = spoken.map { ", \"protocol\": \"\($0.rawValue)\"" } ?? ""
        let body = """
            {"name": "\(name)", "listen": "127.0.0.1:0", "upstream": "\(upstream)"\(spoken)}
            """
        let reply = try await call(.POST, "/proxies", body)
        guard reply.status == 201 else { throw TCPSocket.Failure(description: "creating: \(reply.text)") }
        return reply.string("listen")
    }

    func addLatency(
        _ milliseconds: Int,
        jitter: Int = 0,
        stream: String = "downstream",
        toxicity: Double = 1,
        name: String = "slow",
        proxy: String = "p"
    ) async throws {
        let body = """
            {"name": "\(name)", "type": "latency", "stream": "\(stream)", "toxicity": \(toxicity),
             "attributes": {"latency": \(milliseconds), "jitter": \(jitter)}}
            """
        let reply = try await call(.POST, "/proxies/\(proxy)/toxics", body)
        guard reply.status == 200 else { throw TCPSocket.Failure(description: "adding a toxic: \(reply.text)") }
    }

    /// `attributes` is JSON.
    func add(_ type: String, _ attributes: String, stream: String = "downstream", proxy: String = "p") async throws {
        let body = #"{"name": "t", "type": "\#(type)", "stream": "\#(stream)", "attributes": \#(attributes)}"#
        let reply = try await call(.POST, "/proxies/\(proxy)/toxics", body)
        guard reply.status == 200 else { throw TCPSocket.Failure(description: "adding a toxic: \(reply.text)") }
    }

    /// Makes a rule of its JSON, with a lease of a minute unless it has one.
    func rule(_ json: String, proxy: String = "p") async throws {
        let lease = json.contains("leaseSeconds") ? "" : #", "leaseSeconds": 60"#
        let reply = try await call(.POST, "/chaos/v1/proxies/\(proxy)/rules", "{\(json)\(lease)}")
        guard reply.status == 200 else { throw TCPSocket.Failure(description: "making a rule: \(reply.text)") }
    }

    func rules() async throws -> [RuleBody] {
        let reply = try await call(.GET, "/chaos/v1/rules")
        return try JSONDecoder().decode([RuleBody].self, from: Data(reply.text.utf8))
    }

    func removeToxic(proxy: String = "p") async throws {
        _ = try await call(.DELETE, "/proxies/\(proxy)/toxics/t")
    }

    func records() async throws -> [ToxicRecordBody] {
        let reply = try await call(.GET, "/chaos/v1/toxics")
        return try JSONDecoder().decode([ToxicRecordBody].self, from: Data(reply.text.utf8))
    }

    func connections() async throws -> Int {
        let text = try await call(.GET, "/metrics").text
        let line = text.split(separator: "\n").first { $0.hasPrefix("seatstorm_proxy_connections_total{") }
        return line?.split(separator: " ").last.flatMap { Int($0) } ?? 0
    }
}
