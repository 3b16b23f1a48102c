import Foundation
import Glibc
import Synchronization

@testable import Environment

/// A service that answers every request the same way, one connection a request, and remembers what it was sent.
final class Upstream: Sendable {
    let port: Int
    private let listener: Int32
    private let answer: String
    private let received = Mutex<[String]>([])

    /// Listens on a free port; an empty `answer` closes the connection without one.
    init(answer: String) throws {
        self.answer = answer
        port = try FreePort.next()
        listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        let status = LoopbackAddress.withAddress(port: port) { bind(listener, $0, $1) }
        guard status == 0, listen(listener, 16) == 0 else {
            throw EnvironmentError("listen on port \(port)", String(cString: strerror(errno)))
        }
        Thread { [self] in serve() }.start()
    }

    /// The requests so far: head and whatever of the body came with it.
    var requests: [String] { received.withLock { $0 } }

    func close() { shutdown(listener, Int32(SHUT_RDWR)) }

    private func serve() {
        while true {
            let connection = accept(listener, nil, nil)
            guard connection >= 0 else { break }
            var buffer = [UInt8](repeating: 0, count: 8_192)
            let count = recv(connection, &buffer, buffer.count, 0)
            received.withLock { $0.append(String(decoding: buffer[..<max(0, count)], as: UTF8.self)) }
            _ = Array(answer.utf8).withUnsafeBytes { send(connection, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) }
            Glibc.close(connection)
        }
        Glibc.close(listener)
    }
}
