import AsyncHTTPClient
import Contract
import Foundation
import NIOCore
import NIOHTTP1
import TicketingTestKit

/// A request whose body has begun and does not end: the service is at work on it until ``finish()``.
struct UnfinishedRequest: Sendable {
    private let body: AsyncStream<ByteBuffer>.Continuation
    private let answer: Task<TestAnswer, any Error>

    /// Sends the head of `call` and the first byte of its body.
    init(_ call: ContractCall, in set: ServiceSet) throws {
        let (chunks, continuation) = AsyncStream.makeStream(of: ByteBuffer.self)
        continuation.yield(ByteBuffer(string: "{"))
        var request = HTTPClientRequest(url: try set.service(for: call).url + call.path)
        request.method = HTTPMethod(rawValue: call.operation.method)
        if let token = try call.token() { request.headers.add(name: "Authorization", value: "Bearer \(token)") }
        for (name, value) in call.headers { request.headers.add(name: name, value: value) }
        request.body = .stream(chunks, length: .unknown)
        body = continuation
        answer = Task { [request] in
            let response = try await RunningService.client.execute(request, timeout: .seconds(20))
            let bytes = try await response.body.collect(upTo: 1 << 20)
            let answer = TestAnswer(
                status: Int(response.status.code),
                headers: response.headers,
                body: Data(bytes.readableBytesView)
            )
            set.ledger.record(DocumentedAnswer(call.operation.id, answer.status, answer.code))
            return answer
        }
    }

    /// What the service answers, before or after the end of the body.
    func response() async throws -> TestAnswer { try await answer.value }

    /// Ends the body.
    func finish() { body.finish() }
}
