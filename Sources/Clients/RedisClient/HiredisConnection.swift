import CHiredis
import CLinux
import Glibc

/// One connection: a hiredis context attached to the loop's epoll.
///
/// The context frees itself (on errors, inside its own calls); `cleanup` tells us when, and from then on `context` is
/// `nil`. Semantics: hiredis 0.14, async.c.
final class HiredisConnection {
    private unowned let loop: ConnectionLoop
    private let poller: Int32
    /// Tells this connection's epoll events from those of earlier ones.
    let tag: UInt64

    private var context: UnsafeMutablePointer<redisAsyncContext>?
    private var descriptor: Int32 = -1
    private var wantsRead = false
    private var wantsWrite = false
    private var registered: UInt32?
    private var handshakeRepliesLeft = 0
    /// The server's `run_id`, known once the handshake is over; a server that restarts ends all its connections.
    private(set) var runID: [UInt8] = []
    private var dropReason: String?

    init(loop: ConnectionLoop, poller: Int32, tag: UInt64) {
        self.loop = loop
        self.poller = poller
        self.tag = tag
    }

    /// Begins to connect.
    ///
    /// The outcome arrives as `becameReady` or `ended` at the loop.
    func start() {
        let configuration = loop.configuration
        guard let context = redisAsyncConnect(configuration.host, Int32(configuration.port)) else {
            return loop.ended(self, reason: "out of memory")
        }
        guard context.pointee.err == 0 else {
            let reason = Self.reason(of: context)
            redisAsyncFree(context)
            return loop.ended(self, reason: reason)
        }
        self.context = context
        descriptor = context.pointee.c.fd
        // A child process must not keep the connection open.
        _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC)
        attach(context)
        shakeHands(context)
    }

    /// Queues the bytes of one command; its reply arrives at `ConnectionLoop.received`.
    func send(_ bytes: [UInt8]) {
        let status = queue(bytes) { context, reply, _ in
            HiredisConnection.of(context)?.replied(reply)
        }
        // A context that is being freed takes no commands.
        if status != REDIS_OK {
            loop.received(.failure(lost()))
        }
    }

    /// Writes what is queued, without a round through epoll.
    func flush() {
        guard wantsWrite, let context, context.pointee.c.flags & REDIS_CONNECTED != 0 else { return }
        redisAsyncHandleWrite(context)
    }

    func handle(events: UInt32) {
        let failed = events & (EPOLLERR.rawValue | EPOLLHUP.rawValue) != 0
        if wantsRead, failed || events & EPOLLIN.rawValue != 0, let context {
            redisAsyncHandleRead(context)
        }
        // Reading may have freed the context.
        if wantsWrite, failed || events & EPOLLOUT.rawValue != 0, let context {
            redisAsyncHandleWrite(context)
        }
    }

    /// Ends the connection; everything in flight fails.
    func drop(reason: String) {
        guard let context else { return }
        dropReason = dropReason ?? reason
        redisAsyncFree(context)
    }

    /// Tells epoll what hiredis wants to hear of, once a round and only if that has changed.
    func applyInterest() {
        guard descriptor >= 0, context != nil else { return }
        let wanted = (wantsRead ? EPOLLIN.rawValue : 0) | (wantsWrite ? EPOLLOUT.rawValue : 0)
        guard wanted != registered else { return }
        var event = epoll_event()
        event.events = wanted
        event.data.u64 = tag
        epoll_ctl(poller, registered == nil ? EPOLL_CTL_ADD : EPOLL_CTL_MOD, descriptor, &event)
        registered = wanted
    }

    // MARK: - Handshake

    /// Authenticates, selects the database, asks for the server's `run_id`, and ends with a `PING`: a server that accepts connections
    /// but does not serve (it is stopped, or still loads its data) does not count as connected.
    private func shakeHands(_ context: UnsafeMutablePointer<redisAsyncContext>) {
        let configuration = loop.configuration
        var commands: [[RedisArgument]] = []
        if let password = configuration.password {
            let user = configuration.username.map { [RedisArgument($0)] } ?? []
            commands.append(["AUTH"] + user + [RedisArgument(password)])
        }
        if configuration.database != 0 {
            commands.append(["SELECT", RedisArgument(configuration.database)])
        }
        handshakeRepliesLeft = commands.count + 2
        func queueHandshake(_ command: [RedisArgument]) {
            queue(CommandEncoder.encode(command)) { context, reply, _ in
                HiredisConnection.of(context)?.handshakeReplied(reply)
            }
        }
        for command in commands {
            queueHandshake(command)
        }
        queue(CommandEncoder.encode(["INFO", "server"])) { context, reply, _ in
            HiredisConnection.of(context)?.informed(reply)
        }
        queueHandshake(["PING"])
    }

    /// The reply to `INFO server`: lines, one of them `run_id:` and 40 hex digits.
    private func informed(_ reply: UnsafeMutableRawPointer?) {
        if let reply, case .success(let value) = HiredisReply.result(reply, server: loop.server) {
            let line = (value.string ?? "").split(whereSeparator: \.isNewline).first { $0.hasPrefix("run_id:") }
            runID = Array((line ?? "").utf8.dropFirst("run_id:".utf8.count))
            guard runID.count == CommandEncoder.runIDLength else {
                return drop(reason: "INFO server names no run_id of \(CommandEncoder.runIDLength) digits")
            }
        }
        handshakeReplied(reply)
    }

    private func handshakeReplied(_ reply: UnsafeMutableRawPointer?) {
        // No reply: the connection is ending, which `cleanup` reports.
        guard let reply else { return }
        if case .failure(let error) = HiredisReply.result(reply, server: loop.server) {
            return drop(reason: error.message)
        }
        handshakeRepliesLeft -= 1
        if handshakeRepliesLeft == 0, dropReason == nil {
            loop.becameReady()
        }
    }

    // MARK: - hiredis

    private func replied(_ reply: UnsafeMutableRawPointer?) {
        loop.received(reply.map { HiredisReply.result($0, server: loop.server) } ?? .failure(lost()))
    }

    @discardableResult
    private func queue(_ bytes: [UInt8], _ callback: @escaping HiredisCallback) -> Int32 {
        guard let context else { return REDIS_ERR }
        return bytes.withUnsafeBufferPointer { buffer in
            buffer.withMemoryRebound(to: CChar.self) { characters in
                redisAsyncFormattedCommand(context, callback, nil, characters.baseAddress, characters.count)
            }
        }
    }

    private func lost() -> RedisError {
        let reason = dropReason ?? context.map { Self.reason(of: $0) } ?? "it is closed"
        return RedisError(
            kind: .connectionLost,
            message: "The connection to \(loop.server) was lost with a command in flight, which may have taken effect: "
                + reason + "."
        )
    }

    private func attach(_ context: UnsafeMutablePointer<redisAsyncContext>) {
        // Unretained: the loop keeps this object until `cleanup`, the last call that hiredis makes.
        let pointer = Unmanaged.passUnretained(self).toOpaque()
        context.pointee.data = pointer
        context.pointee.ev.data = pointer
        context.pointee.ev.addRead = { HiredisConnection.from($0)?.wantsRead = true }
        context.pointee.ev.delRead = { HiredisConnection.from($0)?.wantsRead = false }
        context.pointee.ev.addWrite = { HiredisConnection.from($0)?.wantsWrite = true }
        context.pointee.ev.delWrite = { HiredisConnection.from($0)?.wantsWrite = false }
        context.pointee.ev.cleanup = { HiredisConnection.from($0)?.cleanUp() }
    }

    /// The context is about to be freed and its socket to be closed.
    private func cleanUp() {
        guard let context else { return }
        let reason = dropReason ?? Self.reason(of: context)
        if registered != nil {
            epoll_ctl(poller, EPOLL_CTL_DEL, descriptor, nil)
        }
        self.context = nil
        descriptor = -1
        loop.ended(self, reason: reason)
    }

    private static func of(_ context: UnsafeMutablePointer<redisAsyncContext>?) -> HiredisConnection? {
        from(context?.pointee.data)
    }

    private static func from(_ pointer: UnsafeMutableRawPointer?) -> HiredisConnection? {
        pointer.map { Unmanaged<HiredisConnection>.fromOpaque($0).takeUnretainedValue() }
    }

    private static func reason(of context: UnsafeMutablePointer<redisAsyncContext>) -> String {
        guard let text = context.pointee.errstr, text.pointee != 0 else { return "closed" }
        return String(cString: text)
    }
}

typealias HiredisCallback =
    @convention(c) (
        UnsafeMutablePointer<redisAsyncContext>?, UnsafeMutableRawPointer?, UnsafeMutableRawPointer?
    ) -> Void
