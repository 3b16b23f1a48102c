import CLinux
import Foundation
import Glibc

/// Asks, with a RESP PING on a socket of its own through the proxy, whether the path is there and how fast it is.
///
/// Any reply line counts as an answer, a refusal for want of a password too.
struct RedisProbe: Sendable {
    private static let pings = 5
    private static let timeoutSeconds = 2

    let endpoint: Endpoint

    /// The median of five round trips, in microseconds.
    /// - Throws: ``FaultError`` when one is not answered within 2 s.
    func measure() async throws -> Int64 {
        try await withCheckedThrowingContinuation { continuation in
            // A thread of its own: the calls block, for at most the timeout each.
            Thread.detachNewThread {
                continuation.resume(with: Result { try roundTrips() })
            }
        }
    }

    private func roundTrips() throws -> Int64 {
        guard let address = endpoint.address ?? endpoint.lookUp() else {
            throw FaultError("probing Redis through the proxy: the host \(endpoint.host) is not known")
        }
        let descriptor = socket(address.family, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else { throw failure("opening a socket") }
        defer { close(descriptor) }
        // A `struct timeval`, spelt out: which module owns its members depends on what the compiler met first.
        var limit = (seconds: Self.timeoutSeconds, microseconds: 0)
        for option in [SO_RCVTIMEO, SO_SNDTIMEO] {
            setsockopt(descriptor, SOL_SOCKET, option, &limit, socklen_t(MemoryLayout<(Int, Int)>.size))
        }
        guard address.withSockaddr({ connect(descriptor, $0, $1) }) == 0 else { throw failure("connecting") }
        var times: [Int64] = []
        for _ in 0..<Self.pings {
            let start = monotonicNow()
            try ping(descriptor)
            times.append(Int64((monotonicNow() - start) / 1_000))
        }
        return times.sorted()[times.count / 2]
    }

    private func ping(_ descriptor: Int32) throws {
        let command = Array("PING\r\n".utf8)
        guard Glibc.send(descriptor, command, command.count, Int32(MSG_NOSIGNAL)) == command.count else {
            throw failure("sending PING")
        }
        var byte: UInt8 = 0
        repeat {
            guard recv(descriptor, &byte, 1, 0) == 1 else { throw failure("waiting for the answer to PING") }
        } while byte != UInt8(ascii: "\n")
    }

    private func failure(_ doing: String) -> FaultError {
        FaultError("probing Redis through the proxy at \(endpoint): \(RelayError.system(doing))")
    }
}
