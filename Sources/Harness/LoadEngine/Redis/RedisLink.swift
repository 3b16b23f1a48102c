import Glibc

/// A thread's connection to Redis, on the thread's own epoll: commands of all its users go down it one behind the other, and replies come back in
/// the same order.
///
/// ```
/// closed ─ send ─▶ connecting ─ writable ─▶ open ─ error, end of file ─▶ closed (all that wait are told)
/// ```
/// Made for the few commands of a scenario, not for load on Redis itself: it never blocks and never retries.
final class RedisLink {
    /// What became of a command.
    enum Outcome: Equatable {
        case reply(RESPReply)
        case unsent(TransportError)
        /// It was written, and no reply came.
        case unknown(TransportError)
    }
    struct Answer {
        let user: Int
        let ticket: UInt64
        let outcome: Outcome
    }

    private enum State { case closed, connecting, open }
    /// Who waits for a reply; nobody for a greeting, or when he has given up.
    private struct Waiting {
        var user: Int
        var ticket: UInt64
        var isGreeting = false
    }

    /// The most commands that wait at one time.
    private static let maximumWaiting = 100_000
    private static let bufferSize = 64 * 1_024

    private let address: RedisAddress
    private let poller: Poller
    private var state = State.closed
    private(set) var descriptor: Int32 = -1
    private var reader = RESPReader()
    /// Commands that have not begun to be written, the oldest first.
    private var unsent: [(waiting: Waiting, bytes: [UInt8])] = []
    private var inFlight: [Waiting] = []
    /// Replies that were taken off ``inFlight``'s front.
    private var inFlightHead = 0
    private var out: [UInt8] = []
    private var written = 0
    private var answers: [Answer] = []
    private let buffer = UnsafeMutablePointer<UInt8>.allocate(capacity: RedisLink.bufferSize)

    init(address: RedisAddress, poller: Poller) {
        self.address = address
        self.poller = poller
    }

    deinit {
        if descriptor >= 0 { Glibc.close(descriptor) }
        buffer.deallocate()
    }

    // MARK: Commands

    func send(_ command: [[UInt8]], user: Int, ticket: UInt64) {
        guard unsent.count + inFlight.count - inFlightHead < Self.maximumWaiting else {
            answers.append(Answer(user: user, ticket: ticket, outcome: .unsent(.exhausted)))
            return
        }
        var bytes: [UInt8] = []
        RESPReader.append(command, to: &bytes)
        unsent.append((Waiting(user: user, ticket: ticket), bytes))
        switch state {
        case .closed: connect()
        case .connecting: break
        case .open: write()
        }
    }

    /// The user has waited long enough.
    ///
    /// - Returns: what became of his command as far as one can know.
    func abandon(ticket: UInt64) -> Outcome {
        if let place = unsent.firstIndex(where: { $0.waiting.ticket == ticket }) {
            unsent.remove(at: place)
            return .unsent(.timeout)
        }
        for place in inFlightHead..<inFlight.count where inFlight[place].ticket == ticket { inFlight[place].user = -1 }
        return .unknown(.timeout)
    }

    var hasAnswers: Bool { !answers.isEmpty }

    /// What has ended since.
    func takeAnswers() -> [Answer] {
        guard !answers.isEmpty else { return [] }
        defer { answers.removeAll(keepingCapacity: true) }
        return answers
    }

    // MARK: The socket

    private func connect() {
        let kind = Int32(SOCK_STREAM.rawValue | SOCK_NONBLOCK.rawValue | SOCK_CLOEXEC.rawValue)
        descriptor = socket(address.socket.family, kind, 0)
        guard descriptor >= 0 else { return fail(.connecting(errno)) }
        var yes: Int32 = 1
        setsockopt(descriptor, Int32(IPPROTO_TCP), TCP_NODELAY, &yes, socklen_t(MemoryLayout<Int32>.size))
        state = .connecting
        if address.socket.connect(descriptor) != 0, errno != EINPROGRESS { return fail(.connecting(errno)) }
        let interest = Poller.readable | Poller.writable | Poller.peerClosed | Poller.edges
        do {
            try poller.watch(descriptor, interest, isKnown: false)
        } catch {
            fail(.exhausted)
        }
    }

    func ready(_ events: UInt32) {
        if state == .connecting {
            var code: Int32 = 0
            var length = socklen_t(MemoryLayout<Int32>.size)
            getsockopt(descriptor, SOL_SOCKET, SO_ERROR, &code, &length)
            guard code == 0 else { return fail(.connecting(code)) }
            guard events & Poller.writable != 0 else { return }
            state = .open
            for command in address.greeting {
                RESPReader.append(command, to: &out)
                inFlight.append(Waiting(user: -1, ticket: 0, isGreeting: true))
            }
        }
        guard state == .open else { return }
        if events & ~Poller.writable != 0 { receive() }
        if state == .open { write() }
    }

    private func write() {
        while written < out.count || !unsent.isEmpty {
            if written == out.count {
                out.removeAll(keepingCapacity: true)
                written = 0
                for (waiting, bytes) in unsent {
                    out += bytes
                    inFlight.append(waiting)
                }
                unsent.removeAll(keepingCapacity: true)
            }
            let count = out.withUnsafeBufferPointer { bytes -> Int in
                guard let base = bytes.baseAddress else { return 0 }
                return Glibc.send(descriptor, base + written, bytes.count - written, Int32(MSG_NOSIGNAL))
            }
            guard count >= 0 else {
                if errno == EINTR { continue }
                if errno == EAGAIN { return }
                return fail(.reset)
            }
            written += count
        }
    }

    private func receive() {
        while true {
            let count = recv(descriptor, buffer, Self.bufferSize, 0)
            guard count > 0 else {
                if count < 0, errno == EINTR { continue }
                if count < 0, errno == EAGAIN { return }
                return fail(count < 0 ? .reset : .closed)
            }
            reader.append(UnsafeBufferPointer(start: buffer, count: count))
            do {
                while let reply = try reader.next() {
                    guard take(reply) else { return }
                }
            } catch {
                return fail(.protocol)
            }
        }
    }

    /// - Returns: whether the connection goes on.
    private func take(_ reply: RESPReply) -> Bool {
        guard inFlightHead < inFlight.count else {
            // Nobody asked for it.
            fail(.protocol)
            return false
        }
        let waiting = inFlight[inFlightHead]
        inFlightHead += 1
        if inFlightHead == inFlight.count || inFlightHead > 1_024 {
            inFlight.removeFirst(inFlightHead)
            inFlightHead = 0
        }
        if waiting.isGreeting, case .error = reply {
            // Without its password or database no command means what it says.
            fail(.protocol)
            return false
        }
        if waiting.user >= 0 {
            answers.append(Answer(user: waiting.user, ticket: waiting.ticket, outcome: .reply(reply)))
        }
        return true
    }

    private func fail(_ error: TransportError) {
        if descriptor >= 0 { Glibc.close(descriptor) }
        descriptor = -1
        state = .closed
        reader = RESPReader()
        out.removeAll(keepingCapacity: true)
        written = 0
        for waiting in inFlight[inFlightHead...] where waiting.user >= 0 {
            answers.append(Answer(user: waiting.user, ticket: waiting.ticket, outcome: .unknown(error)))
        }
        for (waiting, _) in unsent {
            answers.append(Answer(user: waiting.user, ticket: waiting.ticket, outcome: .unsent(error)))
        }
        inFlight.removeAll(keepingCapacity: true)
        inFlightHead = 0
        unsent.removeAll(keepingCapacity: true)
    }
}
