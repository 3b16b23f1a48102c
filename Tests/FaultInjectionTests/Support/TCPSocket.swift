import CLinux
import Foundation
import Glibc

@testable import FaultInjection

/// A blocking socket with time limits, for tests.
///
/// Calls block: use it on threads of its own, through ``onThread(_:)``.
final class TCPSocket: Sendable {
    struct Failure: Error, CustomStringConvertible {
        let description: String
    }

    let descriptor: Int32

    init(adopting descriptor: Int32) {
        self.descriptor = descriptor
        var limit = timeval(tv_sec: 20, tv_usec: 0)
        for option in [SO_RCVTIMEO, SO_SNDTIMEO] {
            setsockopt(descriptor, SOL_SOCKET, option, &limit, socklen_t(MemoryLayout<timeval>.size))
        }
        var one: Int32 = 1
        setsockopt(descriptor, Int32(IPPROTO_TCP), TCP_NODELAY, &one, socklen_t(MemoryLayout<Int32>.size))
    }

    convenience init(to listen: String) throws {
        guard let address = Endpoint(listen)?.address else { throw Failure(description: "no address: \(listen)") }
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        self.init(adopting: descriptor)
        guard address.withSockaddr({ connect(descriptor, $0, $1) }) == 0 else {
            throw Failure(description: "connecting to \(listen): \(String(cString: strerror(errno)))")
        }
    }

    deinit {
        close(descriptor)
    }

    func write(_ bytes: [UInt8]) throws {
        var sent = 0
        while sent < bytes.count {
            let count = bytes.withUnsafeBytes {
                Glibc.send(descriptor, $0.baseAddress?.advanced(by: sent), bytes.count - sent, Int32(MSG_NOSIGNAL))
            }
            guard count > 0 else { throw Failure(description: "sending: \(String(cString: strerror(errno)))") }
            sent += count
        }
    }

    /// What is there next, at most `limit` bytes; empty at the end of the stream.
    func read(_ limit: Int = 65_536) throws -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: limit)
        let count = recv(descriptor, &bytes, limit, 0)
        guard count >= 0 else { throw Failure(description: "receiving: \(String(cString: strerror(errno)))") }
        return Array(bytes.prefix(count))
    }

    func read(exactly wanted: Int) throws -> [UInt8] {
        var bytes: [UInt8] = []
        while bytes.count < wanted {
            let more = try read(wanted - bytes.count)
            guard !more.isEmpty else { throw Failure(description: "ended after \(bytes.count) of \(wanted) bytes") }
            bytes += more
        }
        return bytes
    }

    func endWriting() {
        shutdown(descriptor, Int32(SHUT_WR))
    }
}

/// Runs what blocks on a thread that may be blocked.
func onThread<T: Sendable>(_ body: @escaping @Sendable () throws -> T) async throws -> T {
    try await withCheckedThrowingContinuation { continuation in
        Thread.detachNewThread {
            continuation.resume(with: Result { try body() })
        }
    }
}

/// Waits for a condition, at most 20 s.
func eventually(_ condition: @Sendable () async throws -> Bool) async throws -> Bool {
    let deadline = ContinuousClock.now + .seconds(20)
    while ContinuousClock.now < deadline {
        if try await condition() {
            return true
        }
        try await Task.sleep(for: .milliseconds(10))
    }
    return false
}
