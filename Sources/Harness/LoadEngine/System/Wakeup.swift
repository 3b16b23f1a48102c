import CLinux
import Glibc

/// An eventfd by which any thread ends the wait of a loop.
final class Wakeup: Sendable {
    let descriptor: Int32

    init() throws {
        descriptor = eventfd(0, Int32(O_CLOEXEC | O_NONBLOCK))
        guard descriptor >= 0 else { throw SystemFailure("making the load engine's eventfd", errno: errno) }
    }

    deinit {
        close(descriptor)
    }

    func wake() {
        var one: UInt64 = 1
        _ = write(descriptor, &one, 8)
    }

    func clear() {
        var value: UInt64 = 0
        _ = read(descriptor, &value, 8)
    }
}
