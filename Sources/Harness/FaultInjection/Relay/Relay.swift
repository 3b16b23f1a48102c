import CLinux
import Glibc

/// The event loop: listeners, connections, timers.
///
/// Confined to the thread that runs it.
///
/// Nothing here blocks: sockets are non-blocking, names are looked up elsewhere, and what a peer does not take waits in a
/// bounded line while reading from the other side stops.
final class Relay {
    static let readSize = 64 * 1_024
    private static let eventsPerTurn = 256

    let configuration: RelayConfiguration
    let mailbox: Mailbox
    let slab: Slab
    /// Every read lands here first; in the fast path the write goes out from here too.
    let scratch = UnsafeMutableRawPointer.allocate(byteCount: Relay.readSize, alignment: 64)
    let epoll: Int32
    /// By ``ProxyListener/id``, while they listen.
    var listeners: [Int: ProxyListener] = [:]
    var nextListener = 0
    var timers = TimerHeap()
    /// Called with the id of the record whose lease has ended.
    var onLeaseEnd: ((Int) -> Void)?
    private let events = UnsafeMutablePointer<epoll_event>.allocate(capacity: Relay.eventsPerTurn)
    private(set) var isStopped = false

    /// Takes over `epoll`, an epoll descriptor, and closes it at its end.
    init(configuration: RelayConfiguration, mailbox: Mailbox, epoll: Int32) {
        self.configuration = configuration
        self.mailbox = mailbox
        slab = Slab(capacity: configuration.maximumConnections)
        self.epoll = epoll
        watch(mailbox.descriptor, EPOLLIN.rawValue, Token(.mailbox, index: 0), previously: 0)
    }

    deinit {
        Glibc.close(epoll)
        scratch.deallocate()
        events.deallocate()
    }

    /// Waits for something to happen, and handles it.
    ///
    /// `onMail` is called when there is work in the mailbox.
    func turn(onMail: () -> Void) {
        let count = wait()
        for index in 0..<count {
            let token = Token(raw: events[index].data.u64)
            let ready = events[index].events
            switch token.kind {
            case .mailbox: onMail()
            case .listener: accept(token.index)
            case .client: transfer(token, ready, reading: .upstream, writing: .downstream)
            case .upstream: transfer(token, ready, reading: .downstream, writing: .upstream)
            default: break
            }
        }
        guard timers.earliest != nil else { return }
        let now = monotonicNow()
        while let entry = timers.popDue(at: now) {
            fire(entry)
        }
    }

    /// Closes every listener and connection and ends the loop after this turn.
    func stop() {
        for listener in listeners.values {
            close(listener)
        }
        slab.forEach { index, slot in closeConnection(index, slot, reset: false) }
        isStopped = true
    }

    /// Makes epoll watch for `interest`; no interest is no registration, so that a hang-up cannot wake us in vain.
    func watch(_ descriptor: Int32, _ interest: UInt32, _ token: Token, previously: UInt32) {
        guard interest != previously else { return }
        var event = epoll_event()
        event.events = interest
        event.data.u64 = token.raw
        let operation = interest == 0 ? EPOLL_CTL_DEL : previously == 0 ? EPOLL_CTL_ADD : EPOLL_CTL_MOD
        let result = epoll_ctl(epoll, operation, descriptor, &event)
        // It fails only for descriptors that are not ours, or when the kernel is out of memory: neither can be served further.
        precondition(result == 0, "epoll_ctl \(operation) on \(descriptor): errno \(errno)")
    }

    private func wait() -> Int {
        var count: Int32
        if let due = timers.earliest {
            let now = monotonicNow()
            var timeout = interval(due > now ? due - now : 0)
            count = epoll_pwait2(epoll, events, Int32(Self.eventsPerTurn), &timeout, nil)
        } else {
            count = epoll_wait(epoll, events, Int32(Self.eventsPerTurn), -1)
        }
        return max(0, Int(count))
    }

    private func fire(_ entry: TimerHeap.Entry) {
        let token = entry.token
        switch token.kind {
        case .upstreamAlarm: alarm(token, .upstream, due: entry.due)
        case .downstreamAlarm: alarm(token, .downstream, due: entry.due)
        case .dialDeadline: dialDeadline(token)
        case .listenerResumes: resumeListening(token.index)
        case .leaseEnds: onLeaseEnd?(token.index)
        default: break
        }
    }
}
