import Glibc
import Scenario

/// HTTP/1.1 over plain sockets, moved on by the loop's epoll.
///
/// A request is one `send` of bytes that are rendered already, a reply usually one `recv` into a buffer that all connections of the
/// thread share; a socket is registered with epoll once in its life, for edges.
final class NativeTransport: Transport {
    private static let bufferSize = 128 * 1_024
    /// Reads of one connection in a row, so that a fast sender cannot starve the others.
    private static let readsInARow = 16

    let poller: Poller
    private let origins: OriginTable
    private let connections = Slab<NativeConnection> { NativeConnection() }
    private let connectionOfDescriptor: UnsafeMutablePointer<Int32>
    private let descriptorCount: Int
    private let buffer = UnsafeMutablePointer<UInt8>.allocate(capacity: NativeTransport.bufferSize)
    private var finished = FinishedQueue()
    /// Connections that had more to read than their turn allows.
    private var unread: [Int] = []

    /// Makes a transport on the poller of the loop that owns it; `origins` are the loop's, by place.
    init(poller: Poller, origins: OriginTable) {
        self.poller = poller
        self.origins = origins
        descriptorCount = OpenFiles.limit
        connectionOfDescriptor = .allocate(capacity: descriptorCount)
        connectionOfDescriptor.initialize(repeating: -1, count: descriptorCount)
    }

    deinit {
        for number in 0..<connections.count {
            disconnect(connections[number])
            connections[number].pointee.exchange.free()
        }
        connectionOfDescriptor.deallocate()
        buffer.deallocate()
    }

    // MARK: Connections

    func open() -> Int { connections.take() }

    func exchange(_ connection: Int) -> UnsafeMutablePointer<Exchange> {
        Self.exchange(connections[connection])
    }

    private static func exchange(_ connection: UnsafeMutablePointer<NativeConnection>) -> UnsafeMutablePointer<Exchange>
    {
        // The exchange is the first stored property of a struct, so it is where the struct is.
        UnsafeMutableRawPointer(connection).assumingMemoryBound(to: Exchange.self)
    }

    func close(_ number: Int) {
        finished.remove(number)
        let connection = connections[number]
        disconnect(connection)
        connection.pointee.exchange.free()
        connection.pointee = NativeConnection()
        connections.giveBack(number)
    }

    private func disconnect(_ connection: UnsafeMutablePointer<NativeConnection>) {
        connection.pointee.state = .closed
        guard connection.pointee.descriptor >= 0 else { return }
        connectionOfDescriptor[Int(connection.pointee.descriptor)] = -1
        // Takes it out of the epoll as well.
        Glibc.close(connection.pointee.descriptor)
        connection.pointee.descriptor = -1
    }

    // MARK: Requests

    func prepare(_ connection: Int) {}

    func start(_ number: Int) {
        let connection = connections[number]
        connection.pointee.exchange.clearReply()
        connection.pointee.isRepeated = false
        let now = monotonicNow()
        connection.pointee.exchange.startedAt = now
        if connection.pointee.state == .idle, connection.pointee.origin == connection.pointee.exchange.origin {
            connection.pointee.isReused = true
            beginSending(number, connection, now)
        } else {
            connect(number, connection, now)
        }
    }

    private func connect(_ number: Int, _ connection: UnsafeMutablePointer<NativeConnection>, _ now: UInt64) {
        disconnect(connection)
        connection.pointee.isReused = false
        connection.pointee.origin = connection.pointee.exchange.origin
        connection.pointee.connectingSince = now
        let origin = origins.origins[connection.pointee.origin]
        guard !origin.isSecure else { return fail(number, connection, .tls) }
        guard let address = origin.address else { return fail(number, connection, .unreachable) }
        let kind = Int32(SOCK_STREAM.rawValue | SOCK_NONBLOCK.rawValue | SOCK_CLOEXEC.rawValue)
        let descriptor = socket(address.family, kind, 0)
        guard descriptor >= 0 else { return fail(number, connection, .connecting(errno)) }
        guard Int(descriptor) < descriptorCount else {
            Glibc.close(descriptor)
            return fail(number, connection, .exhausted)
        }
        var yes: Int32 = 1
        setsockopt(descriptor, Int32(IPPROTO_TCP), TCP_NODELAY, &yes, socklen_t(MemoryLayout<Int32>.size))
        connection.pointee.descriptor = descriptor
        connection.pointee.state = .connecting
        connectionOfDescriptor[Int(descriptor)] = Int32(truncatingIfNeeded: number)
        if address.connect(descriptor) != 0, errno != EINPROGRESS {
            return fail(number, connection, .connecting(errno))
        }
        let interest = Poller.readable | Poller.writable | Poller.peerClosed | Poller.edges
        do {
            try poller.watch(descriptor, interest, isKnown: false)
        } catch {
            fail(number, connection, .exhausted)
        }
    }

    private func connected(_ number: Int, _ connection: UnsafeMutablePointer<NativeConnection>, _ events: UInt32) {
        var code: Int32 = 0
        var length = socklen_t(MemoryLayout<Int32>.size)
        getsockopt(connection.pointee.descriptor, SOL_SOCKET, SO_ERROR, &code, &length)
        guard code == 0 else { return fail(number, connection, .connecting(code)) }
        guard events & Poller.writable != 0 else { return }
        let now = monotonicNow()
        connection.pointee.exchange.connecting += now - connection.pointee.connectingSince
        beginSending(number, connection, now)
    }

    private func beginSending(_ number: Int, _ connection: UnsafeMutablePointer<NativeConnection>, _ now: UInt64) {
        connection.pointee.state = .sending
        connection.pointee.written = 0
        connection.pointee.parser = ReplyParser(isHead: connection.pointee.exchange.method == .head)
        connection.pointee.exchange.sendingAt = now
        continueSending(number, connection)
    }

    private func continueSending(_ number: Int, _ connection: UnsafeMutablePointer<NativeConnection>) {
        let request = connection.pointee.exchange.request.bytes
        while connection.pointee.written < request.count, let base = request.baseAddress {
            let left = request.count - connection.pointee.written
            let start = base + connection.pointee.written
            let count = send(connection.pointee.descriptor, start, left, Int32(MSG_NOSIGNAL))
            guard count >= 0 else {
                if errno == EINTR { continue }
                if errno == EAGAIN { return }
                // The server may have said why before it closed.
                return receive(number, connection, isClosing: true)
            }
            connection.pointee.written += count
            connection.pointee.exchange.bytesSent += UInt64(count)
        }
        connection.pointee.exchange.sentAt = monotonicNow()
        connection.pointee.state = .receiving
    }

    func cancel(_ number: Int, _ error: TransportError) {
        let connection = connections[number]
        guard connection.pointee.isBusy else { return }
        disconnect(connection)
        let wasSent = connection.pointee.exchange.sendingAt != 0
        connection.pointee.exchange.error = error == .timeout && !wasSent ? .connectTimeout : error
        connection.pointee.exchange.endedAt = monotonicNow()
    }

    // MARK: Replies

    func ready(_ descriptor: Int32, _ events: UInt32) {
        guard descriptor >= 0, Int(descriptor) < descriptorCount else { return }
        let number = Int(connectionOfDescriptor[Int(descriptor)])
        guard number >= 0 else { return }
        let connection = connections[number]
        let isClosing = events & (Poller.peerClosed | Poller.hungUp | Poller.failed) != 0
        switch connection.pointee.state {
        case .closed: break
        case .connecting: connected(number, connection, events)
        case .idle:
            // Closed by the server, or bytes that nobody asked for.
            if isClosing || events & Poller.readable != 0 { disconnect(connection) }
        case .sending, .receiving:
            if isClosing || events & Poller.readable != 0 { receive(number, connection, isClosing: isClosing) }
            if connection.pointee.state == .sending, events & Poller.writable != 0 {
                continueSending(number, connection)
            }
        }
    }

    /// Reads until nothing is left.
    ///
    /// A read that does not fill the buffer has emptied the socket, unless it is being closed.
    private func receive(_ number: Int, _ connection: UnsafeMutablePointer<NativeConnection>, isClosing: Bool) {
        for _ in 0..<Self.readsInARow {
            let count = recv(connection.pointee.descriptor, buffer, Self.bufferSize, 0)
            guard count > 0 else {
                if count < 0, errno == EINTR { continue }
                if count < 0, errno == EAGAIN { return }
                return closed(number, connection, count < 0 ? errno : 0)
            }
            let now = monotonicNow()
            if connection.pointee.exchange.firstByteAt == 0 { connection.pointee.exchange.firstByteAt = now }
            connection.pointee.exchange.bytesReceived += UInt64(count)
            let bytes = UnsafeBufferPointer(start: buffer, count: count)
            switch connection.pointee.parser.consume(bytes, Self.exchange(connection)) {
            case .needsMore:
                if count < Self.bufferSize, !isClosing { return }
            case .complete(let used):
                return completed(number, connection, now, hasSurplus: used < count, isClosing: isClosing)
            case .failed(let error): return fail(number, connection, error)
            }
        }
        unread.append(number)
    }

    private func completed(
        _ number: Int,
        _ connection: UnsafeMutablePointer<NativeConnection>,
        _ now: UInt64,
        hasSurplus: Bool,
        isClosing: Bool
    ) {
        guard !hasSurplus else { return fail(number, connection, .wrongLength) }
        // A reply that came before the whole request was sent leaves a connection that nobody can use.
        let isWhole = connection.pointee.state == .receiving
        if connection.pointee.parser.keepsAlive, isWhole, !isClosing {
            connection.pointee.state = .idle
        } else {
            disconnect(connection)
        }
        connection.pointee.exchange.endedAt = now
        finished.append(number)
    }

    private func closed(_ number: Int, _ connection: UnsafeMutablePointer<NativeConnection>, _ code: Int32) {
        let isUnanswered = connection.pointee.exchange.firstByteAt == 0
        if isUnanswered, connection.pointee.isReused, isSafe(connection), !connection.pointee.isRepeated {
            // libcurl does the same, and only for methods that change nothing: the judge must know of every request that may have acted.
            connection.pointee.isRepeated = true
            connection.pointee.exchange.sendingAt = 0
            connection.pointee.exchange.sentAt = 0
            connection.pointee.exchange.bytesSent = 0
            return connect(number, connection, monotonicNow())
        }
        guard code == 0 || code == EPIPE else {
            return fail(number, connection, code == ETIMEDOUT ? .timeout : .reset)
        }
        guard let error = connection.pointee.parser.end(Self.exchange(connection)) else {
            disconnect(connection)
            connection.pointee.exchange.endedAt = monotonicNow()
            return finished.append(number)
        }
        fail(number, connection, error)
    }

    private func isSafe(_ connection: UnsafeMutablePointer<NativeConnection>) -> Bool {
        connection.pointee.exchange.method == .get || connection.pointee.exchange.method == .head
    }

    private func fail(_ number: Int, _ connection: UnsafeMutablePointer<NativeConnection>, _ error: TransportError) {
        disconnect(connection)
        connection.pointee.exchange.error = error
        connection.pointee.exchange.endedAt = monotonicNow()
        finished.append(number)
    }

    // MARK: The loop

    /// What ended at once, as a connect that is refused may, is handed over in the next round, which must not wait.
    var deadline: UInt64 { unread.isEmpty && finished.isEmpty ? .max : 0 }

    func advance(_ now: UInt64) {
        guard !unread.isEmpty else { return }
        let waiting = unread
        unread.removeAll(keepingCapacity: true)
        for number in waiting {
            let connection = connections[number]
            // Whether it is being closed is not known any more: reading to the end finds out.
            if connection.pointee.isBusy { receive(number, connection, isClosing: true) }
        }
    }

    func takeFinished() -> Int? { finished.take() }
}
