import CLinux
import Foundation
import Glibc
import Synchronization

@testable import FaultInjection

/// A TCP server on a free port of 127.0.0.1; each connection has a thread that runs `serve`.
final class TestServer: Sendable {
    let address: String
    private let listener: Int32
    private let accepted = Mutex(0)

    init(serve: @escaping @Sendable (TCPSocket) throws -> Void) throws {
        guard let any = SocketAddress(host: "127.0.0.1", port: 0) else {
            throw TCPSocket.Failure(description: "no address")
        }
        let listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        guard any.withSockaddr({ bind(listener, $0, $1) }) == 0, listen(listener, 4_096) == 0,
            let port = SocketAddress.boundPort(listener)
        else { throw TCPSocket.Failure(description: "listening: \(String(cString: strerror(errno)))") }
        self.listener = listener
        address = "127.0.0.1:\(port)"
        Thread.detachNewThread { [weak self] in
            while true {
                let descriptor = accept(listener, nil, nil)
                guard descriptor >= 0 else { return }
                self?.accepted.withLock { $0 += 1 }
                let connection = TCPSocket(adopting: descriptor)
                Thread.detachNewThread {
                    // A peer that goes away ends its thread, and nothing else.
                    try? serve(connection)
                }
            }
        }
    }

    deinit {
        stop()
    }

    var connections: Int { accepted.withLock { $0 } }

    /// No further connections; those there are go on.
    func stop() {
        shutdown(listener, Int32(SHUT_RDWR))
    }

    /// Sends back what it gets, and ends when its client does.
    static func echo() throws -> TestServer {
        try TestServer { connection in
            while true {
                let bytes = try connection.read()
                guard !bytes.isEmpty else { return connection.endWriting() }
                try connection.write(bytes)
            }
        }
    }
}
