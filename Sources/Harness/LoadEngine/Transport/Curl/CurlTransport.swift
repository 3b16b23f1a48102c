import CCurl
import CLinux
import Glibc
import Scenario

/// Requests over libcurl: one multi handle, moved on by the loop's epoll through `curl_multi_socket_action`.
final class CurlTransport: Transport {
    /// What the loop's epoll knows about a descriptor.
    struct Watch {
        var registered: UInt32 = 0
        var wanted: UInt32 = 0
    }

    let poller: Poller
    let multi: OpaquePointer
    private let connections = Slab<CurlConnection> { CurlConnection() }
    private let watches: UnsafeMutablePointer<Watch>
    private let watchCount: Int
    private var finished = FinishedQueue()
    let origins: OriginTable
    /// When libcurl wants to be called, ns of CLOCK_MONOTONIC.
    private(set) var deadline = UInt64.max
    /// `HOST:PORT:ADDRESS` for a gateway that is named, so that no lookup happens during the run; nil for numeric addresses.
    private let resolve: UnsafeMutablePointer<curl_slist>?

    /// Makes a transport on the poller of the loop that owns it.
    ///
    /// `origins` are the loop's, by place; `resolving` is `HOST:PORT:ADDRESS` of the gateway, if its name is not an address.
    init(poller: Poller, origins: OriginTable, resolving: String? = nil) throws {
        // Thread-safe and counted since 7.84.
        guard curl_global_init(Int(CURL_GLOBAL_DEFAULT)) == CURLE_OK, let made = curl_multi_init() else {
            throw SystemFailure("starting libcurl: out of memory")
        }
        self.poller = poller
        self.origins = origins
        multi = OpaquePointer(made)
        watchCount = OpenFiles.limit
        watches = .allocate(capacity: watchCount)
        watches.initialize(repeating: Watch(), count: watchCount)
        resolve = resolving.flatMap { curl_slist_append(nil, $0) }
        let context = Unmanaged.passUnretained(self).toOpaque()
        curl_multi_set_socket_function(UnsafeMutableRawPointer(multi), Self.socketChanged)
        curl_multi_set_pointer(UnsafeMutableRawPointer(multi), CURLMOPT_SOCKETDATA, context)
        curl_multi_set_timer_function(UnsafeMutableRawPointer(multi), Self.timerChanged)
        curl_multi_set_pointer(UnsafeMutableRawPointer(multi), CURLMOPT_TIMERDATA, context)
        curl_multi_set_long(UnsafeMutableRawPointer(multi), CURLMOPT_PIPELINING, Int(CURLPIPE_NOTHING))
    }

    deinit {
        for number in 0..<connections.count { release(connections[number]) }
        curl_multi_cleanup(UnsafeMutableRawPointer(multi))
        curl_slist_free_all(resolve)
        watches.deallocate()
        curl_global_cleanup()
    }

    // MARK: Connections

    func open() throws -> Int {
        let number = connections.take()
        let connection = connections[number]
        connection.pointee.number = number
        connection.pointee.transport = Unmanaged.passUnretained(self)
        guard let easy = curl_easy_init(), let share = curl_share_init() else {
            throw SystemFailure("making a libcurl handle: out of memory")
        }
        connection.pointee.easy = OpaquePointer(easy)
        connection.pointee.share = OpaquePointer(share)
        curl_share_set_long(share, CURLSHOPT_SHARE, Int(CURL_LOCK_DATA_CONNECT.rawValue))
        configure(easy, connection, share)
        return number
    }

    func exchange(_ connection: Int) -> UnsafeMutablePointer<Exchange> {
        Self.exchange(connections[connection])
    }

    static func exchange(_ connection: UnsafeMutablePointer<CurlConnection>) -> UnsafeMutablePointer<Exchange> {
        let offset = MemoryLayout<CurlConnection>.offset(of: \.exchange) ?? 0
        return (UnsafeMutableRawPointer(connection) + offset).assumingMemoryBound(to: Exchange.self)
    }

    func close(_ connection: Int) {
        finished.remove(connection)
        release(connections[connection])
        connections.giveBack(connection)
    }

    private func release(_ connection: UnsafeMutablePointer<CurlConnection>) {
        removeFromMulti(connection)
        if let easy = connection.pointee.easy { curl_easy_cleanup(UnsafeMutableRawPointer(easy)) }
        // Closes the connection too; only possible once no easy handle uses it.
        if let share = connection.pointee.share { curl_share_cleanup(UnsafeMutableRawPointer(share)) }
        connection.pointee.headerNodes?.deallocate()
        connection.pointee.url.free()
        connection.pointee.headers.free()
        connection.pointee.exchange.free()
        connection.pointee = CurlConnection()
    }

    /// What stays the same for all requests of a connection.
    private func configure(
        _ easy: UnsafeMutableRawPointer,
        _ connection: UnsafeMutablePointer<CurlConnection>,
        _ share: UnsafeMutableRawPointer
    ) {
        let transport = Unmanaged.passUnretained(self).toOpaque()
        curl_set_pointer(easy, CURLOPT_PRIVATE, connection)
        curl_set_pointer(easy, CURLOPT_SHARE, share)
        curl_set_long(easy, CURLOPT_NOSIGNAL, 1)
        curl_set_long(easy, CURLOPT_HTTP_VERSION, 2)  // CURL_HTTP_VERSION_1_1
        curl_set_string(easy, CURLOPT_PROXY, "")
        curl_set_long(easy, CURLOPT_CONNECTTIMEOUT_MS, 0)
        curl_set_data_function(easy, CURLOPT_WRITEFUNCTION, Self.bodyArrived)
        curl_set_pointer(easy, CURLOPT_WRITEDATA, connection)
        curl_set_data_function(easy, CURLOPT_HEADERFUNCTION, Self.headerArrived)
        curl_set_pointer(easy, CURLOPT_HEADERDATA, connection)
        curl_set_before_request_function(easy, Self.aboutToSend)
        curl_set_pointer(easy, CURLOPT_PREREQDATA, connection)
        curl_set_close_socket_function(easy, Self.closeSocket)
        // Outlives the handle: a connection closed with its share has no easy handle any more.
        curl_set_pointer(easy, CURLOPT_CLOSESOCKETDATA, transport)
        if let resolve { curl_set_list(easy, CURLOPT_RESOLVE, resolve) }
    }

    // MARK: Requests

    func prepare(_ number: Int) {
        let connection = connections[number]
        guard let handle = connection.pointee.easy else { return }
        let easy = UnsafeMutableRawPointer(handle)
        setURL(easy, connection)
        setMethod(easy, connection)
        curl_set_list(easy, CURLOPT_HTTPHEADER, headerList(connection))
    }

    func start(_ number: Int) {
        let connection = connections[number]
        connection.pointee.exchange.clearReply()
        connection.pointee.attempts = 0
        connection.pointee.hasWholeHead = false
        connection.pointee.ownError = nil
        guard let easy = connection.pointee.easy else { return }
        connection.pointee.exchange.startedAt = monotonicNow()
        connection.pointee.isRunning = true
        curl_multi_add_handle(UnsafeMutableRawPointer(multi), UnsafeMutableRawPointer(easy))
    }

    func cancel(_ number: Int, _ error: TransportError) {
        let connection = connections[number]
        guard connection.pointee.isRunning else { return }
        collectTimes(connection)
        removeFromMulti(connection)
        let wasSent = connection.pointee.exchange.sendingAt != 0
        connection.pointee.exchange.error = error == .timeout && !wasSent ? .connectTimeout : error
        connection.pointee.exchange.endedAt = monotonicNow()
    }

    func advance(_ now: UInt64) {
        guard deadline <= now else { return }
        deadline = .max
        act(CURL_SOCKET_BAD, 0)
    }

    func ready(_ descriptor: Int32, _ events: UInt32) {
        guard Int(descriptor) < watchCount else { return }
        guard watches[Int(descriptor)].wanted != 0 else {
            // An idle connection that the server closes: libcurl finds out when it wants to use it.
            forget(descriptor)
            return
        }
        var mask: Int32 = 0
        if events & (Poller.readable | Poller.hungUp) != 0 { mask |= CURL_CSELECT_IN }
        if events & Poller.writable != 0 { mask |= CURL_CSELECT_OUT }
        if events & Poller.failed != 0 { mask |= CURL_CSELECT_ERR }
        act(descriptor, mask)
    }

    func takeFinished() -> Int? {
        finished.take()
    }

    private func act(_ descriptor: Int32, _ mask: Int32) {
        var running: Int32 = 0
        curl_multi_socket_action(UnsafeMutableRawPointer(multi), descriptor, mask, &running)
        var left: Int32 = 0
        while let message = curl_multi_info_read(UnsafeMutableRawPointer(multi), &left) {
            guard message.pointee.msg == CURLMSG_DONE, let easy = message.pointee.easy_handle else { continue }
            let result = message.pointee.data.result
            guard let connection = Self.connection(of: easy) else { continue }
            finish(connection, result)
        }
    }

    private func finish(_ connection: UnsafeMutablePointer<CurlConnection>, _ result: CURLcode) {
        connection.pointee.exchange.endedAt = monotonicNow()
        collectTimes(connection)
        if result != CURLE_OK {
            connection.pointee.exchange.error = CurlError.classify(result, connection)
        } else if !connection.pointee.hasWholeHead {
            connection.pointee.exchange.error = .incomplete
        }
        removeFromMulti(connection)
        finished.append(connection.pointee.number)
    }

    /// What only libcurl knows: the time for a new connection, and how much was sent.
    private func collectTimes(_ connection: UnsafeMutablePointer<CurlConnection>) {
        guard let handle = connection.pointee.easy else { return }
        let easy = UnsafeMutableRawPointer(handle)
        var size = 0
        curl_get_long(easy, CURLINFO_REQUEST_SIZE, &size)
        let body = size > 0 ? connection.pointee.exchange.body?.count ?? 0 : 0
        connection.pointee.exchange.bytesSent = UInt64(max(0, size) + body)
        var newConnections = 0
        curl_get_long(easy, CURLINFO_NUM_CONNECTS, &newConnections)
        guard newConnections > 0 else { return }
        var lookup: curl_off_t = 0
        var connect: curl_off_t = 0
        var handshake: curl_off_t = 0
        curl_get_offset(easy, CURLINFO_NAMELOOKUP_TIME_T, &lookup)
        curl_get_offset(easy, CURLINFO_CONNECT_TIME_T, &connect)
        curl_get_offset(easy, CURLINFO_APPCONNECT_TIME_T, &handshake)
        connection.pointee.exchange.connecting = UInt64(max(0, connect - lookup)) * 1_000
        connection.pointee.exchange.handshaking = handshake > 0 ? UInt64(max(0, handshake - connect)) * 1_000 : 0
    }

    private func removeFromMulti(_ connection: UnsafeMutablePointer<CurlConnection>) {
        guard connection.pointee.isRunning, let easy = connection.pointee.easy else { return }
        connection.pointee.isRunning = false
        curl_multi_remove_handle(UnsafeMutableRawPointer(multi), UnsafeMutableRawPointer(easy))
    }

    // MARK: What libcurl tells

    func setTimer(milliseconds: Int) {
        switch milliseconds {
        case ..<0: deadline = .max
        case 0: deadline = 0
        default: deadline = monotonicNow() + UInt64(milliseconds) * 1_000_000
        }
    }

    /// libcurl stops watching a socket after each request and starts again with the next: staying registered in between
    /// saves two system calls a request.
    ///
    /// ``closed(_:)`` keeps the record right when a descriptor's number is used again.
    func interestChanged(_ descriptor: Int32, _ interest: UInt32) {
        guard Int(descriptor) < watchCount else { return }
        let watch = watches + Int(descriptor)
        watch.pointee.wanted = interest
        guard interest != 0, interest != watch.pointee.registered else { return }
        try? poller.watch(descriptor, interest, isKnown: watch.pointee.registered != 0)
        watch.pointee.registered = interest
    }

    func closed(_ descriptor: Int32) {
        guard Int(descriptor) < watchCount else { return }
        watches[Int(descriptor)] = Watch()
    }

    private func forget(_ descriptor: Int32) {
        guard watches[Int(descriptor)].registered != 0 else { return }
        poller.forget(descriptor)
        watches[Int(descriptor)].registered = 0
    }
}
