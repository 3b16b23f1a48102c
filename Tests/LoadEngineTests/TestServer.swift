import CLinux
import Glibc
import Synchronization

/// A small HTTP/1.1 server on 127.0.0.1 that misbehaves on demand: one thread, one epoll.
final class TestServer: Sendable {
    struct Request: Sendable {
        let method: String
        let path: String
        let headers: [String: String]
        let body: String
        /// Which connection it came on, from 0 in order of arrival.
        let connection: Int
        /// CLOCK_MONOTONIC, ns.
        let at: UInt64
    }

    enum Reply: Sendable {
        case json(Int, String)
        /// The bytes as they are; the connection stays open.
        case raw(String)
        /// No reply, ever.
        case hang
        /// Closes without a reply.
        case close
        /// Resets the connection.
        case reset
        /// Writes this and closes.
        case rawThenClose(String)
        /// Writes this, then so many bytes of nothing, and closes; ends early when the client does not want them any more.
        case endless(String, Int)
    }

    private struct Connection {
        var number: Int
        var input: [UInt8] = []
    }

    let port: UInt16
    private let listener: Int32
    private let epoll: Int32
    private let quit: Int32
    private let handler: @Sendable (Request) -> Reply
    private let log = Mutex<[Request]>([])

    init(_ handler: @escaping @Sendable (Request) -> Reply) throws {
        self.handler = handler
        listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_NONBLOCK.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let descriptor = listener
        let isListening = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { raw in
                bind(descriptor, raw, length) == 0 && listen(descriptor, 4_096) == 0
                    && getsockname(descriptor, raw, &length) == 0
            }
        }
        guard isListening else {
            throw TestFailure("the test server cannot listen: \(String(cString: strerror(errno)))")
        }
        port = UInt16(bigEndian: address.sin_port)
        epoll = epoll_create1(0)
        quit = eventfd(0, 0)
        for watched in [listener, quit] {
            var event = epoll_event(events: 1, data: epoll_data_t(fd: watched))
            epoll_ctl(epoll, EPOLL_CTL_ADD, watched, &event)
        }
        var thread = pthread_t()
        let this = Unmanaged.passRetained(self)
        pthread_create(
            &thread,
            nil,
            { argument in
                if let argument { Unmanaged<TestServer>.fromOpaque(argument).takeRetainedValue().serve() }
                return nil
            },
            this.toOpaque()
        )
        pthread_detach(thread)
    }

    var url: String { "http://127.0.0.1:\(port)" }
    var requests: [Request] { log.withLock { $0 } }

    /// All but the unmeasured ones.
    var measured: [Request] { requests.filter { !$0.path.hasSuffix("/healthz") } }

    func stop() {
        var one: UInt64 = 1
        _ = write(quit, &one, 8)
    }

    private func serve() {
        var connections: [Int32: Connection] = [:]
        var count = 0
        var events = [epoll_event](repeating: epoll_event(), count: 256)
        serving: while true {
            let ready = epoll_wait(epoll, &events, 256, -1)
            for index in 0..<Int(max(ready, 0)) {
                let descriptor = events[index].data.fd
                if descriptor == quit { break serving }
                if descriptor == listener {
                    while case let accepted = accept(listener, nil, nil), accepted >= 0 {
                        connections[accepted] = Connection(number: count)
                        count += 1
                        var event = epoll_event(events: 1, data: epoll_data_t(fd: accepted))
                        epoll_ctl(epoll, EPOLL_CTL_ADD, accepted, &event)
                    }
                } else if !receive(descriptor, &connections) {
                    Glibc.close(descriptor)
                    connections[descriptor] = nil
                }
            }
        }
        for descriptor in connections.keys { Glibc.close(descriptor) }
        for descriptor in [listener, quit, epoll] { Glibc.close(descriptor) }
    }

    private func receive(_ descriptor: Int32, _ connections: inout [Int32: Connection]) -> Bool {
        var buffer = [UInt8](repeating: 0, count: 65_536)
        let count = recv(descriptor, &buffer, buffer.count, 0)
        guard count > 0 else { return false }
        connections[descriptor]?.input.append(contentsOf: buffer[..<count])
        while let connection = connections[descriptor], let (request, used) = Self.parse(connection) {
            connections[descriptor]?.input.removeFirst(used)
            log.withLock { $0.append(request) }
            guard answer(handler(request), descriptor) else { return false }
        }
        return true
    }

    /// - Returns: whether the connection stays open.
    private func answer(_ reply: Reply, _ descriptor: Int32) -> Bool {
        switch reply {
        case .json(let status, let body):
            send(
                "HTTP/1.1 \(status) X\r\nContent-Type: application/json\r\nTrace-Id: 0123456789abcdef0123456789abcdef\r\n"
                    + "Content-Length: \(body.utf8.count)\r\n\r\n\(body)",
                descriptor
            )
            return true
        case .raw(let text):
            send(text, descriptor)
            return true
        case .hang: return true
        case .close: return false
        case .reset:
            var linger = linger(l_onoff: 1, l_linger: 0)
            setsockopt(descriptor, SOL_SOCKET, SO_LINGER, &linger, socklen_t(MemoryLayout<Glibc.linger>.size))
            return false
        case .rawThenClose(let text):
            send(text, descriptor)
            return false
        case .endless(let text, let count):
            send(text, descriptor)
            let piece = [UInt8](repeating: 0x20, count: 65_536)
            var left = count
            while left > 0 {
                let sent = Glibc.send(descriptor, piece, min(left, piece.count), Int32(MSG_NOSIGNAL))
                guard sent > 0 else { break }
                left -= sent
            }
            return false
        }
    }

    private func send(_ text: String, _ descriptor: Int32) {
        let bytes = Array(text.utf8)
        _ = Glibc.send(descriptor, bytes, bytes.count, Int32(MSG_NOSIGNAL))
    }

    private static func parse(_ connection: Connection) -> (Request, Int)? {
        let text = String(decoding: connection.input, as: UTF8.self)
        guard let end = text.firstRange(of: "\r\n\r\n") else { return nil }
        let lines = text[..<end.lowerBound].split(separator: "\r\n")
        var headers: [String: String] = [:]
        for line in lines.dropFirst() {
            guard let colon = line.firstIndex(of: ":") else { continue }
            headers[line[..<colon].lowercased()] = String(line[line.index(after: colon)...].drop { $0 == " " })
        }
        let head = text[..<end.upperBound].utf8.count
        let length = Int(headers["content-length"] ?? "0") ?? 0
        guard connection.input.count >= head + length, let first = lines.first else { return nil }
        let words = first.split(separator: " ")
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        let request = Request(
            method: String(words[0]),
            path: String(words[1]),
            headers: headers,
            body: String(decoding: connection.input[head..<(head + length)], as: UTF8.self),
            connection: connection.number,
            at: UInt64(time.tv_sec) * 1_000_000_000 + UInt64(time.tv_nsec)
        )
        return (request, head + length)
    }
}

struct TestFailure: Error, CustomStringConvertible {
    let description: String
    init(_ description: String) { self.description = description }
}
