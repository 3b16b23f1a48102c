import CHiredis
import CLinux
import Glibc
import Logging

/// The event loop of one client: it connects, sends what the mailbox brings, and matches replies to commands by order.
///
/// | state       | event                     | next state                                                  |
/// |-------------|---------------------------|-------------------------------------------------------------|
/// | idle        | first command             | connecting                                                  |
/// | connecting  | handshake answered        | ready                                                       |
/// | connecting  | refused, error, too late  | resting (backoff)                                           |
/// | ready       | connection lost, dropped  | resting (no time at all if the connection had lived a while) |
/// | resting     | rest over                 | connecting                                                  |
///
/// Never shared: it is made, used and dropped on its thread.
final class ConnectionLoop {
    enum State {
        case idle
        case connecting(deadline: MonotonicTime)
        case ready(since: MonotonicTime)
        case resting(until: MonotonicTime)
    }

    private static let wakeTag: UInt64 = 0

    let configuration: RedisConfiguration
    let logger: Logger
    private let mailbox: Mailbox
    private let poller: Int32
    private let backoff = Backoff()
    private var generator = SystemRandomNumberGenerator()

    private(set) var state = State.idle
    private var connection: HiredisConnection?
    private var connectionsMade: UInt64 = 0
    private var failures = 0
    private var lastFailure = "no attempt has ended yet"

    private var batch: [Command] = []
    /// Not sent yet: there is no connection.
    private var waiting = CommandQueue()
    /// Sent, in the order of the replies to come.
    private var inFlight = CommandQueue()
    /// No waiting command and no command in flight has an earlier deadline than this (but they may all be later).
    private var nextExpiry = MonotonicTime.distantFuture
    /// When the client is being closed: the end of the wait for what is in flight.
    private var closeDeadline: MonotonicTime?

    init(configuration: RedisConfiguration, mailbox: Mailbox, logger: Logger) {
        self.configuration = configuration
        self.mailbox = mailbox
        self.logger = logger
        poller = epoll_create1(Int32(EPOLL_CLOEXEC))
        precondition(poller >= 0, "no epoll for a Redis client: errno \(errno); raise the limit of open files")
        var event = epoll_event()
        event.events = EPOLLIN.rawValue | EPOLLET.rawValue
        event.data.u64 = Self.wakeTag
        epoll_ctl(poller, EPOLL_CTL_ADD, mailbox.descriptor, &event)
    }

    deinit {
        close(poller)
    }

    var server: String {
        "Redis at \(configuration.host):\(configuration.port)"
    }

    func run() {
        var events = Array(repeating: epoll_event(), count: 8)
        while true {
            receive()
            advance(to: .now())
            connection?.flush()
            if isFinished {
                break
            }
            connection?.applyInterest()
            let sleeps = mailbox.prepareToSleep(closeSeen: closeDeadline != nil)
            let count = epoll_wait(poller, &events, Int32(events.count), sleeps ? sleepMilliseconds() : 0)
            guard count > 0 else { continue }
            for event in events[..<Int(count)] where event.data.u64 != Self.wakeTag {
                // An event of an earlier connection in the same batch has nothing to say about this one.
                if let connection, connection.tag == event.data.u64 {
                    connection.handle(events: event.events)
                }
            }
        }
        connection?.drop(reason: "the client was closed")
        failWaiting(message: "A command was not sent to \(server): this client was closed.")
    }
}

// MARK: - Commands

extension ConnectionLoop {
    private func receive() {
        let isClosed = mailbox.take(into: &batch)
        for command in batch {
            nextExpiry = min(nextExpiry, command.deadline)
            if case .ready = state, let connection {
                send(command, on: connection)
            } else {
                waiting.append(command)
            }
        }
        batch.removeAll(keepingCapacity: true)
        if isClosed, closeDeadline == nil {
            closeDeadline = MonotonicTime.now().advanced(by: configuration.commandTimeout)
            failWaiting(message: "A command was not sent to \(server): this client was closed.")
        }
    }

    private func send(_ command: Command, on connection: HiredisConnection) {
        guard command.beginSending() else { return mailbox.commandLeft() }
        // Before the call: hiredis answers at once, with a null reply, for a connection that is ending.
        inFlight.append(command)
        connection.send(command.bytes(for: connection.runID))
    }

    /// The next reply: it belongs to the oldest command in flight.
    func received(_ reply: Command.Reply) {
        guard let command = inFlight.popFirst() else { return }
        mailbox.commandLeft()
        command.finish(reply)
    }

    private func failWaiting(message: String) {
        while let command = waiting.popFirst() {
            mailbox.commandLeft()
            command.finish(.failure(RedisError(kind: .notConnected, message: message)))
        }
    }

    private func expire(at now: MonotonicTime) {
        guard now >= nextExpiry else { return }
        for command in waiting.removeAll(where: { $0.deadline <= now }) {
            mailbox.commandLeft()
            let message = "A command was not sent: no connection to \(server) came about in time (\(lastFailure))."
            command.finish(.failure(RedisError(kind: .notConnected, message: message)))
        }
        var isLate = false
        inFlight.forEach { command in
            guard command.deadline <= now else { return }
            isLate = true
            let message = "\(server) did not answer a command in time: it may have taken effect."
            command.finish(.failure(RedisError(kind: .timeout, message: message)))
        }
        if isLate {
            connection?.drop(reason: "a command was not answered in time, and replies are positional")
        }
        var earliest = MonotonicTime.distantFuture
        waiting.forEach { earliest = min(earliest, $0.deadline) }
        inFlight.forEach { earliest = min(earliest, $0.deadline) }
        // A scan touches every command, so there is at most one in two milliseconds.
        nextExpiry = max(earliest, now.advanced(by: .milliseconds(2)))
        if earliest == .distantFuture {
            nextExpiry = .distantFuture
        }
    }
}

// MARK: - Connection

extension ConnectionLoop {
    private var isFinished: Bool {
        guard let closeDeadline else { return false }
        return inFlight.isEmpty || MonotonicTime.now() >= closeDeadline
    }

    private func advance(to now: MonotonicTime) {
        expire(at: now)
        guard closeDeadline == nil else { return }
        switch state {
        case .idle where !waiting.isEmpty:
            connect(now: now)
        case .resting(let until) where now >= until:
            connect(now: now)
        case .connecting(let deadline) where now >= deadline:
            connection?.drop(reason: "no answer within \(configuration.connectTimeout)")
        case .idle, .resting, .connecting, .ready:
            break
        }
    }

    private func connect(now: MonotonicTime) {
        connectionsMade += 1
        state = .connecting(deadline: now.advanced(by: configuration.connectTimeout))
        connection = HiredisConnection(loop: self, poller: poller, tag: connectionsMade)
        connection?.start()
    }

    /// The connection has answered the handshake.
    func becameReady() {
        guard case .connecting = state, let connection else { return }
        logger.info("connected", metadata: ["server": "\(server)", "failures": "\(failures)"])
        state = .ready(since: .now())
        while let command = waiting.popFirst() {
            send(command, on: connection)
        }
    }

    /// The connection is gone, its callbacks have all been called.
    ///
    /// Nothing may be connected from here: it is called from within hiredis.
    func ended(_ ended: HiredisConnection, reason: String) {
        guard ended === connection else { return }
        connection = nil
        let now = MonotonicTime.now()
        lastFailure = reason
        if case .ready(let since) = state {
            logger.warning("connection lost", metadata: ["server": "\(server)", "reason": "\(reason)"])
            // A connection that dies young counts as a failed attempt, or a server that accepts and resets would
            // make this loop spin.
            failures = now > since.advanced(by: .seconds(1)) ? 0 : failures + 1
        } else {
            failures += 1
            logger.log(
                level: failures == 1 ? .warning : .debug,
                "connection attempt failed",
                metadata: ["server": "\(server)", "reason": "\(reason)", "failures": "\(failures)"]
            )
        }
        state = .resting(until: now.advanced(by: backoff.delay(failures: failures, using: &generator)))
    }

    private func sleepMilliseconds() -> Int32 {
        var next = nextExpiry
        switch state {
        case .connecting(let deadline): next = min(next, deadline)
        case .resting(let until): next = min(next, until)
        case .idle, .ready: break
        }
        if let closeDeadline {
            next = min(next, closeDeadline)
        }
        return next == .distantFuture ? -1 : MonotonicTime.now().milliseconds(until: next)
    }
}
