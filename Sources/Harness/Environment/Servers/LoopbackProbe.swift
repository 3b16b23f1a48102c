import CLinux
import Dispatch
import Glibc

/// One short conversation with a port of 127.0.0.1, for finding out whether a server answers.
struct LoopbackProbe: Sendable {
    let port: Int
    /// For each single wait: to connect, to send, to receive.
    var timeout: Duration = .milliseconds(500)

    /// Connects, sends `bytes`, and collects what comes back until `isEnough` says so, the server closes, or 64 KiB.
    ///
    /// Blocking, so it runs on a queue of its own and not on Swift's few threads.
    func exchange(_ bytes: [UInt8], until isEnough: @escaping @Sendable ([UInt8]) -> Bool) async throws -> [UInt8] {
        try await withCheckedThrowingContinuation { continuation in
            DispatchQueue.global().async {
                continuation.resume(with: Result { try converse(bytes, isEnough) })
            }
        }
    }

    private func converse(_ bytes: [UInt8], _ isEnough: ([UInt8]) -> Bool) throws -> [UInt8] {
        let action = "talk to port \(port)"
        func failure(_ step: String) -> EnvironmentError {
            EnvironmentError(action, "\(step): \(String(cString: strerror(errno)))")
        }
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else { throw failure("socket") }
        defer { close(descriptor) }
        let parts = timeout.components
        // A `struct timeval`, spelt out: which module owns its members depends on what the compiler met first.
        var limit = (seconds: Int(parts.seconds), microseconds: Int(parts.attoseconds / 1_000_000_000_000))
        for option in [SO_RCVTIMEO, SO_SNDTIMEO] {
            setsockopt(descriptor, SOL_SOCKET, option, &limit, socklen_t(MemoryLayout<(Int, Int)>.size))
        }
        guard LoopbackAddress.withAddress(port: port, { connect(descriptor, $0, $1) }) == 0 else {
            throw failure("connect")
        }
        var sent = 0
        while sent < bytes.count {
            let count = bytes.withUnsafeBytes {
                send(descriptor, $0.baseAddress?.advanced(by: sent), bytes.count - sent, Int32(MSG_NOSIGNAL))
            }
            guard count > 0 else { throw failure("send") }
            sent += count
        }
        var received: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 8_192)
        while received.count < 65_536, !isEnough(received) {
            let count = recv(descriptor, &buffer, buffer.count, 0)
            guard count >= 0 else { throw failure("receive") }
            guard count > 0 else { break }
            received.append(contentsOf: buffer[..<count])
        }
        return received
    }

    /// `GET path` over HTTP/1.1; the status and the body.
    func get(_ path: String) async throws -> (status: Int, body: String) {
        let request = "GET \(path) HTTP/1.1\r\nHost: 127.0.0.1:\(port)\r\nConnection: close\r\n\r\n"
        let answer = String(decoding: try await exchange(Array(request.utf8)) { _ in false }, as: UTF8.self)
        let words = answer.prefix(64).split(separator: " ", maxSplits: 2)
        guard words.count > 1, words[0].hasPrefix("HTTP/1."), let status = Int(words[1].prefix(3)) else {
            throw EnvironmentError("GET \(path) from port \(port)", "the answer is not HTTP: \(answer.prefix(80))")
        }
        let body = answer.firstRange(of: "\r\n\r\n").map { String(answer[$0.upperBound...]) } ?? ""
        return (status, body)
    }
}
