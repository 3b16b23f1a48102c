import CLinux
import Foundation
import Glibc
import Scenario

/// Asks, on sockets of its own through a proxy, whether the link is there and how fast it is.
///
/// Any answer counts, a refusal for want of a password too.
struct LinkProbe: Sendable {
    private static let rounds = 5
    private static let timeoutSeconds = 2

    let proxy: String
    let endpoint: Endpoint
    let target: LinkFaultSpec.Target

    /// The median of five rounds, in microseconds.
    /// - Throws: ``FaultError`` when one is not answered within 2 s.
    func measure() async throws -> Int64 {
        try await withCheckedThrowingContinuation { continuation in
            // A thread of its own: the calls block, for at most the timeout each.
            Thread.detachNewThread {
                continuation.resume(with: Result { try roundTrips() })
            }
        }
    }

    /// What is sent; empty for a server that speaks first.
    private var question: [UInt8] {
        switch target {
        case .redis: Array("PING\r\n".utf8)
        case .mysql: []
        // ApiVersions, version 0: length, API key 18, version, correlation id, no client id.
        case .kafka: [0, 0, 0, 10, 0, 18, 0, 0, 0, 0, 0, 1, 0xFF, 0xFF]
        case .payment: Array("GET /healthz HTTP/1.1\r\nHost: probe\r\nConnection: close\r\n\r\n".utf8)
        }
    }

    private func roundTrips() throws -> Int64 {
        guard let address = endpoint.address ?? endpoint.lookUp() else {
            throw FaultError("probing \(proxy): the host \(endpoint.host) is not known")
        }
        var times: [Int64] = []
        for _ in 0..<Self.rounds {
            let start = monotonicNow()
            try exchange(address)
            times.append(Int64((monotonicNow() - start) / 1_000))
        }
        return times.sorted()[times.count / 2]
    }

    private func exchange(_ address: SocketAddress) throws {
        let descriptor = socket(address.family, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else { throw failure("opening a socket") }
        defer { close(descriptor) }
        // A `struct timeval`, spelt out: which module owns its members depends on what the compiler met first.
        var limit = (seconds: Self.timeoutSeconds, microseconds: 0)
        for option in [SO_RCVTIMEO, SO_SNDTIMEO] {
            setsockopt(descriptor, SOL_SOCKET, option, &limit, socklen_t(MemoryLayout<(Int, Int)>.size))
        }
        guard address.withSockaddr({ connect(descriptor, $0, $1) }) == 0 else { throw failure("connecting") }
        let question = question
        if !question.isEmpty {
            guard Glibc.send(descriptor, question, question.count, Int32(MSG_NOSIGNAL)) == question.count else {
                throw failure("asking")
            }
        }
        var byte: UInt8 = 0
        let count = recv(descriptor, &byte, 1, 0)
        guard count != 0 else { throw FaultError("probing \(proxy) at \(endpoint): the connection was closed") }
        guard count == 1 else { throw failure("waiting for the answer") }
    }

    private func failure(_ doing: String) -> FaultError {
        FaultError("probing \(proxy) at \(endpoint): \(RelayError.system(doing))")
    }
}
