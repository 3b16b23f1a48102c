import CLinux
import Glibc

/// An epoll instance, with a ``Wakeup`` in it so that other threads can end its wait.
///
/// Used on the loop's thread only.
final class Poller {
    static let readable: UInt32 = 0x1
    static let writable: UInt32 = 0x4
    static let failed: UInt32 = 0x8
    static let hungUp: UInt32 = 0x10
    /// The peer will write no more.
    static let peerClosed: UInt32 = 0x2000
    /// Tell of changes only: what was told and not yet read is not told again.
    static let edges: UInt32 = 1 << 31
    /// What is handed out at one time.
    ///
    /// A reply is read, looked at and followed by the next request in three passes over the batch: it is small, so that what the kernel
    /// and the engine keep for its connections is still in the cache at the last of them.
    private static let batch = 32

    private let epoll: Int32
    private let wakeup: Wakeup
    private let events = UnsafeMutablePointer<epoll_event>.allocate(capacity: Poller.batch)
    private var hasNanosecondWait = true

    init(wakeup: Wakeup) throws {
        self.wakeup = wakeup
        epoll = epoll_create1(Int32(O_CLOEXEC))
        guard epoll >= 0 else { throw SystemFailure("making the load engine's epoll", errno: errno) }
        try watch(wakeup.descriptor, Self.readable, isKnown: false)
    }

    deinit {
        Glibc.close(epoll)
        events.deallocate()
    }

    func watch(_ descriptor: Int32, _ interest: UInt32, isKnown: Bool) throws {
        var event = epoll_event(events: interest, data: epoll_data_t(fd: descriptor))
        let operation = isKnown ? EPOLL_CTL_MOD : EPOLL_CTL_ADD
        if epoll_ctl(epoll, operation, descriptor, &event) != 0 {
            throw SystemFailure("watching descriptor \(descriptor)", errno: errno)
        }
    }

    func forget(_ descriptor: Int32) {
        var event = epoll_event()
        epoll_ctl(epoll, EPOLL_CTL_DEL, descriptor, &event)
    }

    /// Waits until something is ready or `timeout` ns have passed (0 polls), and hands out what is ready.
    func wait(timeout: UInt64, _ handle: (_ descriptor: Int32, _ events: UInt32) -> Void) {
        let count = waitForEvents(timeout)
        guard count > 0 else { return }
        for index in 0..<Int(count) {
            let descriptor = events[index].data.fd
            if descriptor == wakeup.descriptor {
                wakeup.clear()
            } else {
                handle(descriptor, events[index].events)
            }
        }
    }

    /// epoll_pwait2 (Linux 5.11) waits to the nanosecond; without it the wait is rounded up to the millisecond.
    private func waitForEvents(_ timeout: UInt64) -> Int32 {
        if hasNanosecondWait {
            var limit = timespec(
                tv_sec: Int(timeout / 1_000_000_000),
                tv_nsec: Int(timeout % 1_000_000_000)
            )
            let count = epoll_pwait2(epoll, events, Int32(Self.batch), &limit, nil)
            if count >= 0 || errno != ENOSYS { return count }
            hasNanosecondWait = false
        }
        let milliseconds = min((timeout + 999_999) / 1_000_000, 60_000)
        return epoll_wait(epoll, events, Int32(Self.batch), Int32(milliseconds))
    }
}
