import AsyncHTTPClient
import NIOCore
import NIOHTTP1
import NIOPosix

/// Posts bodies to the collector, one attempt a call.
struct OTLPTransport: Sendable {
    /// What came of an attempt.
    enum Answer: Sendable, Equatable {
        case accepted
        /// The collector does not want this, or may have it already.
        case refused(String)
        /// Not now; `after` is the wait that the collector asks for.
        case tryAgain(String, after: Duration?)
    }

    let url: String
    private let timeout: Duration
    private let http: HTTPClient

    init(url: String, timeout: Duration) {
        self.url = url
        self.timeout = timeout
        http = ServiceClient.makeHTTPClient()
    }

    func post(_ body: [UInt8], within limit: Duration) async -> Answer {
        var request = HTTPClientRequest(url: url)
        request.method = .POST
        request.headers.add(name: "Content-Type", value: "application/json")
        request.body = .bytes(ByteBuffer(bytes: body))
        do {
            let response = try await http.execute(
                request,
                deadline: .now() + TimeAmount(max(.milliseconds(1), min(timeout, limit)))
            )
            // The connection can be used again once the body is read.
            _ = try? await response.body.collect(upTo: 64 * 1024)
            let status = Int(response.status.code)
            if (200..<300).contains(status) { return .accepted }
            guard OTLPRetryPolicy.isRetryable(status: status) else { return .refused("the answer was \(status)") }
            let seconds = response.headers.first(name: "Retry-After").flatMap { Int($0) }
            return .tryAgain(
                "the answer was \(status)",
                after: seconds.flatMap { (0...3600).contains($0) ? .seconds($0) : nil }
            )
        } catch  where Self.isConnectionFailure(error) {
            return .tryAgain("\(error)", after: nil)
        } catch {
            return .refused("\(error)")
        }
    }

    func close() async { try? await http.shutdown() }

    private static func isConnectionFailure(_ error: any Error) -> Bool {
        switch error {
        case let error as HTTPClientError:
            error == .connectTimeout || error == .getConnectionFromPoolTimeout || error == .remoteConnectionClosed
        case is NIOConnectionError, is IOError: true
        default: false
        }
    }
}
