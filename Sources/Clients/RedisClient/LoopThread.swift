import Glibc
import Logging

/// The thread that owns a client's connection.
///
/// hiredis contexts are not thread-safe: all calls happen here.
final class LoopThread: Sendable {
    private let configuration: RedisConfiguration
    private let mailbox: Mailbox
    private let logger: Logger

    private init(configuration: RedisConfiguration, mailbox: Mailbox, logger: Logger) {
        self.configuration = configuration
        self.mailbox = mailbox
        self.logger = logger
    }

    /// Starts the thread.
    ///
    /// It ends after the mailbox has been closed.
    static func start(configuration: RedisConfiguration, mailbox: Mailbox, logger: Logger) {
        let argument = Unmanaged.passRetained(
            LoopThread(configuration: configuration, mailbox: mailbox, logger: logger)
        )
        var attributes = pthread_attr_t()
        pthread_attr_init(&attributes)
        pthread_attr_setdetachstate(&attributes, Int32(PTHREAD_CREATE_DETACHED))
        defer { pthread_attr_destroy(&attributes) }
        var thread = pthread_t()
        let status = pthread_create(
            &thread,
            &attributes,
            { argument in
                if let argument {
                    Unmanaged<LoopThread>.fromOpaque(argument).takeRetainedValue().run()
                }
                return nil
            },
            argument.toOpaque()
        )
        precondition(status == 0, "no thread for a Redis client: error \(status); raise the limit of threads")
    }

    private func run() {
        // Signals belong to the rest of the process; and hiredis writes without MSG_NOSIGNAL, so that SIGPIPE must be
        // blocked here for a lost connection to show as EPIPE.
        var signals = sigset_t()
        sigfillset(&signals)
        pthread_sigmask(SIG_BLOCK, &signals, nil)
        ConnectionLoop(configuration: configuration, mailbox: mailbox, logger: logger).run()
        mailbox.loopIsGone()
    }
}
