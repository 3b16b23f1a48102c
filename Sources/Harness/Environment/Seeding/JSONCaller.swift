import AsyncHTTPClient
import Foundation
import NIOCore
import NIOHTTP1

/// Calls one JSON API.
struct JSONCaller: Sendable {
    /// URL without a trailing slash.
    let base: String
    var token: String?
    var timeout: Duration

    /// The largest answer that is read, in bytes.
    private static let maximumAnswer = 16 << 20

    init(base: String, token: String? = nil, timeout: Duration = .seconds(10)) {
        self.base = base
        self.token = token
        self.timeout = timeout
    }

    func get(_ path: String, expecting status: Int) async throws -> Data {
        try await call(.GET, path, nil, expecting: status)
    }

    func post(
        _ path: String,
        _ body: (any Encodable)? = nil,
        _ headers: [String: String] = [:],
        expecting status: Int
    ) async throws -> Data {
        let data = try body.map { try JSONEncoder().encode($0) } ?? Data()
        return try await call(.POST, path, data, headers, expecting: status)
    }

    private func call(
        _ method: HTTPMethod,
        _ path: String,
        _ body: Data?,
        _ headers: [String: String] = [:],
        expecting status: Int
    ) async throws -> Data {
        let action = "\(method.rawValue) \(base)\(path)"
        var request = HTTPClientRequest(url: base + path)
        request.method = method
        if let token { request.headers.add(name: "Authorization", value: "Bearer \(token)") }
        for (name, value) in headers { request.headers.add(name: name, value: value) }
        if let body {
            request.headers.add(name: "Content-Type", value: "application/json")
            request.body = .bytes(body)
        }
        let limit = TimeAmount.nanoseconds(Int64(timeout / .nanoseconds(1)))
        let answer: HTTPClientResponse
        let received: Data
        do {
            answer = try await HTTPClient.shared.execute(request, timeout: limit)
            let buffer = try await answer.body.collect(upTo: Self.maximumAnswer)
            received = Data(buffer.readableBytesView)
        } catch {
            throw CallError(action: action, status: nil, detail: "\(error)")
        }
        guard answer.status.code == UInt(status) else {
            let text = String(decoding: received.prefix(500), as: UTF8.self)
            throw CallError(action: action, status: Int(answer.status.code), detail: text)
        }
        return received
    }
}

/// A call that did not give the status that was expected.
struct CallError: Error, Sendable, CustomStringConvertible {
    let action: String
    /// Nil when there was no answer.
    let status: Int?
    let detail: String

    var description: String { "could not \(action): " + (status.map { "status \($0), " } ?? "") + detail }

    /// Whether the same call may succeed in a moment.
    var isTransient: Bool { status.map { $0 == 503 || $0 == 504 } ?? true }
}
