import Logging

/// A Redis client: one pipelined connection, owned by one thread, used by any number of tasks.
///
/// The connection is made at the first command. When it is lost, everything in flight fails with an unknown outcome and
/// the client reconnects by itself: at once, then with capped, jittered backoff. Meanwhile commands wait for the
/// connection, up to their own timeout, and then fail as ``RedisError/Kind/notConnected``: certainly not executed.
///
/// Replies come in the order of the commands, so one late reply delays all behind it, and a command that times out
/// takes the connection with it. Give a blocking command (`BLPOP`, `XREAD BLOCK`) a client of its own and a `timeout`
/// longer than it may block. Commands without exactly one reply (`SUBSCRIBE`, `MONITOR`) are not supported.
package final class RedisClient: Sendable {
    package let configuration: RedisConfiguration
    private let mailbox: Mailbox
    private let gate: (any RedisGate)?

    /// Starts the client's thread.
    ///
    /// The connection is made when the first command needs it. Every command passes `gate`, if there is one.
    package init(_ configuration: RedisConfiguration, logger: Logger, gate: (any RedisGate)? = nil) {
        self.configuration = configuration
        self.gate = gate
        mailbox = Mailbox(maximumPending: configuration.maximumPending)
        LoopThread.start(configuration: configuration, mailbox: mailbox, logger: logger)
    }

    deinit {
        mailbox.close()
    }

    /// Commands that wait to be sent or to be answered; bounded by ``RedisConfiguration/maximumPending``.
    package var commandsInFlight: Int { mailbox.count }

    /// Sends a command and waits for its reply.
    ///
    /// - Parameters:
    ///   - arguments: The words of the command, its name first.
    ///   - timeout: From now to the reply; `nil` means ``RedisConfiguration/commandTimeout``.
    /// - Returns: The server's reply, which is never an error.
    /// - Throws: A ``RedisError`` whose ``RedisError/outcome`` says whether the command can have had an effect.
    package func send(
        _ arguments: RedisArgument...,
        timeout: Duration? = nil
    ) async throws(RedisError) -> RedisValue {
        try await send(arguments, timeout: timeout)
    }

    /// Sends a command, given as an array of its words, and waits for its reply.
    package func send(_ arguments: [RedisArgument], timeout: Duration? = nil) async throws(RedisError) -> RedisValue {
        try await send(CommandEncoder(arguments), deadline: deadline(timeout))
    }

    /// Runs a script, by its digest, and with its source if the server does not know it yet.
    package func evaluate(
        _ script: RedisScript,
        keys: [RedisArgument],
        arguments: [RedisArgument],
        timeout: Duration? = nil
    ) async throws(RedisError) -> RedisValue {
        let deadline = deadline(timeout)
        do {
            let command = Self.encode("EVALSHA", script.sha1, keys: keys, arguments: arguments)
            return try await send(command, deadline: deadline)
        } catch {
            // The server looked for the script before running anything, so a second try cannot repeat an effect.
            guard error.kind == .server(code: "NOSCRIPT") else { throw error }
            let command = Self.encode("EVAL", script.source, keys: keys, arguments: arguments)
            return try await send(command, deadline: deadline)
        }
    }

    /// Refuses new commands, waits for the replies in flight (no longer than the command timeout), and disconnects.
    package func close() async {
        mailbox.close()
        await mailbox.waitUntilLoopIsGone()
    }

    private func deadline(_ timeout: Duration?) -> MonotonicTime {
        MonotonicTime.now().advanced(by: timeout ?? configuration.commandTimeout)
    }

    private func send(_ encoded: CommandEncoder, deadline: MonotonicTime) async throws(RedisError) -> RedisValue {
        guard let gate else { return try await deliver(encoded, deadline: deadline) }
        let isProbe = try gate.enterRedis()
        do throws(RedisError) {
            let reply = try await deliver(encoded, deadline: deadline)
            gate.leaveRedis(wasProbe: isProbe, nil)
            return reply
        } catch {
            gate.leaveRedis(wasProbe: isProbe, error)
            throw error
        }
    }

    private func deliver(_ encoded: CommandEncoder, deadline: MonotonicTime) async throws(RedisError) -> RedisValue {
        let command = Command(bytes: encoded.bytes, runIDs: encoded.runIDs, deadline: deadline)
        let reply = await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                command.wait(with: continuation)
                if let rejection = mailbox.post(command) {
                    command.finish(.failure(error(for: rejection)))
                }
            }
        } onCancel: {
            command.cancel()
        }
        return try reply.get()
    }

    private func error(for rejection: Mailbox.Rejection) -> RedisError {
        let server = "Redis at \(configuration.host):\(configuration.port)"
        return switch rejection {
        case .closed:
            RedisError(kind: .notConnected, message: "A command was not sent to \(server): this client is closed.")
        case .full(let limit):
            RedisError(
                kind: .overloaded,
                message: "A command was not sent to \(server): \(limit) commands wait for it already. Try again later."
            )
        }
    }

    private static func encode(
        _ name: String,
        _ script: String,
        keys: [RedisArgument],
        arguments: [RedisArgument]
    ) -> CommandEncoder {
        var encoder = CommandEncoder(
            arguments: 3 + keys.count + arguments.count,
            reserving: 128 + script.utf8.count + 48 * (keys.count + arguments.count)
        )
        encoder.append(name)
        encoder.append(script)
        encoder.append(Int64(keys.count))
        for key in keys {
            encoder.append(key)
        }
        for argument in arguments {
            encoder.append(argument)
        }
        return encoder
    }
}
