import CLinux
import Glibc
import Synchronization

/// Work for the relay's thread, and the eventfd that wakes it.
final class Mailbox: Sendable {
    typealias Work = @Sendable (ProxyTable) -> Void

    private struct State {
        var work: [Work] = []
        var isClosed = false
    }

    let descriptor: Int32
    private let state = Mutex(State())

    init() throws(RelayError) {
        descriptor = eventfd(0, Int32(EFD_CLOEXEC | EFD_NONBLOCK))
        guard descriptor >= 0 else { throw RelayError.system("creating the eventfd of the relay") }
    }

    deinit {
        Glibc.close(descriptor)
    }

    /// - Returns: false once the relay's thread has ended: the work will never run.
    func post(_ work: @escaping Work) -> Bool {
        state.withLock { state in
            guard !state.isClosed else { return false }
            state.work.append(work)
            var one: UInt64 = 1
            write(descriptor, &one, MemoryLayout<UInt64>.size)
            return true
        }
    }

    /// Everything posted so far, in order.
    func take() -> [Work] {
        state.withLock { state in
            var count: UInt64 = 0
            read(descriptor, &count, MemoryLayout<UInt64>.size)
            let work = state.work
            state.work.removeAll()
            return work
        }
    }

    /// Refuses further work and returns what nobody has taken yet.
    func close() -> [Work] {
        state.withLock { state in
            state.isClosed = true
            let work = state.work
            state.work.removeAll()
            return work
        }
    }
}
