import CLinux
import Dispatch
import Glibc

/// Accepting and dialling.
extension Relay {
    private static let acceptsPerTurn = 64
    private static let mostBrokers = 1_000
    /// Nanoseconds to leave a listener alone when there is no room for its next connection.
    private static let acceptPause: UInt64 = 20_000_000

    /// Opens the proxy's listeners, and sets its real port.
    func listen(_ proxy: RelayProxy) throws(RelayError) {
        let listener = try open(proxy.listen, of: proxy, to: proxy.upstream)
        proxy.listen = listener.listen
        proxy.listener = listener
        proxy.openBroker = { [unowned self, unowned proxy] in openBroker($0, of: proxy) }
        let brokers = proxy.brokers
        proxy.brokers = []
        for broker in brokers {
            // A broker whose port is taken gets another, of which the next metadata tells.
            if let listener = try? open(broker.listen, of: proxy, to: broker.upstream) {
                proxy.brokers.append(listener)
            }
        }
    }

    /// Refuses new connections from now on.
    func stopListening(_ proxy: RelayProxy) {
        guard let listener = proxy.listener else { return }
        close(listener)
        proxy.listener = nil
        for broker in proxy.brokers {
            close(broker)
        }
    }

    func close(_ listener: ProxyListener) {
        Glibc.close(listener.descriptor)
        listener.descriptor = -1
        listeners[listener.id] = nil
    }

    private func openBroker(_ broker: Endpoint, of proxy: RelayProxy) -> SocketAddress? {
        guard proxy.isEnabled, proxy.brokers.count < Self.mostBrokers,
            let any = SocketAddress(host: proxy.listen.host, port: 0),
            let listener = try? open(any, of: proxy, to: broker)
        else { return nil }
        proxy.brokers.append(listener)
        return listener.listen
    }

    private func open(
        _ address: SocketAddress,
        of proxy: RelayProxy,
        to upstream: Endpoint
    ) throws(RelayError) -> ProxyListener {
        guard !isStopped else { throw RelayError.closed }
        let doing = "listening on \(address) for proxy \(proxy.name)"
        let kind = Int32(SOCK_STREAM.rawValue | SOCK_NONBLOCK.rawValue | SOCK_CLOEXEC.rawValue)
        let descriptor = socket(address.family, kind, 0)
        guard descriptor >= 0 else { throw RelayError.system(doing) }
        setOption(descriptor, SOL_SOCKET, SO_REUSEADDR, 1)
        let bound = address.withSockaddr { Glibc.bind(descriptor, $0, $1) }
        guard bound == 0, Glibc.listen(descriptor, 4_096) == 0, let port = SocketAddress.boundPort(descriptor),
            let listen = SocketAddress(host: address.host, port: port)
        else {
            let error = RelayError.system(doing)
            Glibc.close(descriptor)
            throw error
        }
        let listener = ProxyListener(id: nextListener, proxy: proxy, listen: listen, upstream: upstream)
        nextListener += 1
        listener.descriptor = descriptor
        listeners[listener.id] = listener
        watch(descriptor, EPOLLIN.rawValue, Token(.listener, index: listener.id), previously: 0)
        return listener
    }

    func closeConnections(of proxy: RelayProxy) {
        slab.forEach { index, slot in
            if slot.pointee.proxy === proxy {
                closeConnection(index, slot, reset: false)
            }
        }
    }

    func accept(_ id: Int) {
        guard let listener = listeners[id] else { return }
        for _ in 0..<Self.acceptsPerTurn {
            guard slab.count < configuration.maximumConnections else { return pause(listener) }
            let client = linux_accept(listener.descriptor)
            guard client >= 0 else {
                // Out of descriptors or memory: the listener would stay readable and spin.
                if [EMFILE, ENFILE, ENOBUFS, ENOMEM].contains(errno) {
                    pause(listener)
                }
                return
            }
            admit(client, of: listener.proxy, to: listener.upstream)
        }
    }

    func resumeListening(_ id: Int) {
        guard let listener = listeners[id] else { return }
        // Removing first makes this right whether or not the proxy was re-enabled, and so registered, in between.
        var none = epoll_event()
        epoll_ctl(epoll, EPOLL_CTL_DEL, listener.descriptor, &none)
        watch(listener.descriptor, EPOLLIN.rawValue, Token(.listener, index: id), previously: 0)
    }

    func dialDeadline(_ token: Token) {
        guard let slot = slab.slot(token.index, generation: token.generation), slot.pointee.phase == .dialling else {
            return
        }
        closeConnection(token.index, slot, reset: false)
    }

    private func pause(_ listener: ProxyListener) {
        watch(listener.descriptor, 0, Token(.listener, index: listener.id), previously: EPOLLIN.rawValue)
        timers.insert(due: monotonicNow() + Self.acceptPause, Token(.listenerResumes, index: listener.id))
    }

    private func admit(_ client: Int32, of proxy: RelayProxy, to upstream: Endpoint) {
        setOption(client, Int32(IPPROTO_TCP), TCP_NODELAY, 1)
        let number = proxy.connections
        proxy.connections += 1
        let seed = configuration.seed
        let part = seedPart(proxy.name)
        let inserted = slab.insert { generation in
            (
                ConnectionSlot(
                    generation: generation,
                    proxy: proxy,
                    number: number,
                    conversation: proxy.makeConversation(number: number + 1),
                    client: client
                ),
                Link(capacity: configuration.lineCapacity, random: SplitMix64(seed: seed, part, number, 0)),
                Link(capacity: configuration.lineCapacity, random: SplitMix64(seed: seed, part, number, 1))
            )
        }
        guard let index = inserted else {
            Glibc.close(client)
            return
        }
        let slot = slab.slot(index)
        let generation = slot.pointee.generation
        applyChains(index, slot)
        let deadline = monotonicNow() + UInt64(configuration.dialSeconds * 1e9)
        timers.insert(due: deadline, Token(.dialDeadline, index: index, generation: generation))
        if let address = upstream.address {
            dial(index, generation, address)
        } else {
            lookUp(upstream, for: index, generation)
        }
    }

    /// The resolver may take its time, so it is asked elsewhere.
    private func lookUp(_ upstream: Endpoint, for index: Int, _ generation: UInt32) {
        let mailbox = mailbox
        DispatchQueue.global().async {
            let address = upstream.lookUp()
            _ = mailbox.post { table in table.relay.dial(index, generation, address) }
        }
    }

    private func dial(_ index: Int, _ generation: UInt32, _ address: SocketAddress?) {
        guard let slot = slab.slot(index, generation: generation) else { return }
        guard let address else { return closeConnection(index, slot, reset: false) }
        let kind = Int32(SOCK_STREAM.rawValue | SOCK_NONBLOCK.rawValue | SOCK_CLOEXEC.rawValue)
        let descriptor = socket(address.family, kind, 0)
        guard descriptor >= 0 else { return closeConnection(index, slot, reset: false) }
        slot.pointee.upstream = descriptor
        setOption(descriptor, Int32(IPPROTO_TCP), TCP_NODELAY, 1)
        let result = address.withSockaddr { connect(descriptor, $0, $1) }
        guard result == 0 || errno == EINPROGRESS else { return closeConnection(index, slot, reset: false) }
        let interest = EPOLLOUT.rawValue
        watch(descriptor, interest, Token(.upstream, index: index, generation: generation), previously: 0)
        slot.pointee.upstreamInterest = interest
    }

    /// The connect has ended, one way or the other.
    func dialled(_ index: Int, _ slot: UnsafeMutablePointer<ConnectionSlot>) {
        var error: Int32 = 0
        var length = socklen_t(MemoryLayout<Int32>.size)
        getsockopt(slot.pointee.upstream, SOL_SOCKET, SO_ERROR, &error, &length)
        guard error == 0 else { return closeConnection(index, slot, reset: false) }
        slot.pointee.phase = .open
        for stream in Stream.allCases where slab.link(index, stream).pointee.cut != nil {
            deliver(index, slot, stream)
        }
        settle(index, slot)
    }

    func closeConnection(_ index: Int, _ slot: UnsafeMutablePointer<ConnectionSlot>, reset: Bool) {
        for descriptor in [slot.pointee.client, slot.pointee.upstream] where descriptor >= 0 {
            if reset {
                var abort = linger(l_onoff: 1, l_linger: 0)
                setsockopt(descriptor, SOL_SOCKET, SO_LINGER, &abort, socklen_t(MemoryLayout<linger>.size))
            }
            Glibc.close(descriptor)
        }
        slab.remove(index)
    }

    private func setOption(_ descriptor: Int32, _ level: Int32, _ option: Int32, _ value: Int32) {
        var value = value
        setsockopt(descriptor, level, option, &value, socklen_t(MemoryLayout<Int32>.size))
    }
}
