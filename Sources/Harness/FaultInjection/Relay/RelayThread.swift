import CLinux
import Foundation

/// The thread that relays.
///
/// All state of proxies and connections is confined to it; everybody else asks it.
package final class RelayThread: Sendable {
    private let mailbox: Mailbox

    /// - Throws: ``RelayError`` when there are no descriptors left.
    package init(_ configuration: RelayConfiguration) throws {
        let mailbox = try Mailbox()
        let epoll = epoll_create1(Int32(EPOLL_CLOEXEC))
        guard epoll >= 0 else { throw RelayError.system("creating the epoll of the relay") }
        self.mailbox = mailbox
        Thread.detachNewThread {
            let table = ProxyTable(relay: Relay(configuration: configuration, mailbox: mailbox, epoll: epoll))
            while !table.relay.isStopped {
                table.relay.turn {
                    for work in mailbox.take() {
                        work(table)
                    }
                }
            }
            // Whoever asked in the last moment gets an answer too.
            for work in mailbox.close() {
                work(table)
            }
        }
    }

    deinit {
        _ = mailbox.post { $0.relay.stop() }
    }

    /// Runs `body` on the relay's thread, between two events.
    /// - Throws: what `body` throws; ``RelayError`` once the relay is closed.
    func perform<T: Sendable>(_ body: @escaping @Sendable (ProxyTable) throws -> T) async throws -> T {
        try await withCheckedThrowingContinuation { continuation in
            let isPosted = mailbox.post { table in
                continuation.resume(with: Result { try body(table) })
            }
            if !isPosted {
                continuation.resume(throwing: RelayError.closed)
            }
        }
    }

    /// Closes all listeners and connections and ends the thread.
    ///
    /// Closing twice is fine.
    package func close() async {
        // It can only fail because the relay is closed already.
        try? await perform { $0.relay.stop() }
    }
}
