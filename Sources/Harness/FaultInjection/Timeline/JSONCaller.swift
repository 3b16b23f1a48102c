import AsyncHTTPClient
import Foundation
import HTTPTypes
import NIOCore
import NIOHTTP1

/// Calls a JSON API and says clearly what came of it.
struct JSONCaller: Sendable {
    private static let maximumBody = 8 * 1_024 * 1_024

    let baseURL: String
    var timeout = Duration.seconds(2)
    /// A bearer token, if the API wants one.
    var token: @Sendable () async throws -> String? = { nil }

    struct Reply {
        let status: Int
        let body: Data
    }

    /// - Throws: ``FaultError`` when there was no answer.
    func call(
        _ method: HTTPMethod,
        _ path: String,
        _ body: (any Encodable & Sendable)? = nil
    ) async throws(FaultError) -> Reply {
        do {
            var request = HTTPClientRequest(url: baseURL + path)
            request.method = method
            if let token = try await token() {
                request.headers.add(name: "Authorization", value: "Bearer \(token)")
            }
            if let body {
                request.headers.add(name: "Content-Type", value: "application/json")
                request.body = .bytes(try JSONEncoder().encode(body))
            }
            let limit = TimeAmount(timeout)
            let response = try await HTTPClient.shared.execute(request, timeout: limit)
            let buffer = try await response.body.collect(upTo: Self.maximumBody)
            return Reply(status: Int(response.status.code), body: Data(buffer.readableBytesView))
        } catch {
            throw FaultError("\(method.rawValue) \(baseURL)\(path): \(error)")
        }
    }

    /// - Throws: ``FaultError`` when there was no answer, its status is not `expected`, or its body is not an `Answer`.
    func call<Answer: Decodable>(
        _ method: HTTPMethod,
        _ path: String,
        _ body: (any Encodable & Sendable)? = nil,
        answer: Answer.Type
    ) async throws(FaultError) -> Answer {
        let reply = try await call(method, path, body)
        guard (200..<300).contains(reply.status) else { throw unexpected(method, path, reply) }
        do {
            return try JSONDecoder().decode(Answer.self, from: reply.body)
        } catch {
            throw FaultError("\(method.rawValue) \(baseURL)\(path): the answer is not understood: \(error)")
        }
    }

    func unexpected(_ method: HTTPMethod, _ path: String, _ reply: Reply) -> FaultError {
        let text = String(decoding: reply.body.prefix(300), as: UTF8.self)
        return FaultError("\(method.rawValue) \(baseURL)\(path): status \(reply.status): \(text)")
    }
}
