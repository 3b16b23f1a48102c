import Scenario
import Statistics

// Server-sent event streams: held for their time over as many connections as it takes, each event timed and checked as it comes.
extension EngineThread {
    /// What a browser waits before it connects again, where the server does not say.
    private static var reconnectDelay: UInt64 { 1_000_000_000 }
    private static var longestReconnectDelay: UInt64 { 30_000_000_000 }
    /// Addresses of streams whose events are recognised.
    private static var feedLimit: Int { 256 }
    /// An id is taken for a moment only if that is so near, in ms.
    private static var plausible: UInt64 { 86_400_000 }

    /// Ties the rendered request to the user's stream: the one that broke, or a new one.
    func attachStream(_ user: Int, _ plan: RequestPlan) {
        let pointer = users[user]
        let exchange = transport.exchange(pointer.pointee.connection)
        let path = path(exchange)
        if pointer.pointee.stream == nil {
            let stream = UserStream(
                number: nextStream,
                user: user,
                plan: plan,
                feed: feed(Array(path)),
                isRecorded: history != nil && ContractRoute.isSeatStream(path),
                engine: self
            )
            nextStream += shared.threads
            streams.streams += 1
            pointer.pointee.stream = stream
        }
        exchange.pointee.stream = pointer.pointee.stream
    }

    private func feed(_ path: [UInt8]) -> Feed {
        if let known = feeds[path] { return known }
        // Streams hold on to their own.
        if feeds.count >= Self.feedLimit { feeds.removeAll(keepingCapacity: true) }
        let made = Feed(path: path)
        feeds[path] = made
        return made
    }

    /// The user's request is on its way: a connection of his stream has begun.
    func streamStarted(_ user: Int, _ stream: UserStream) {
        guard case .stream(_, let duration) = program(of: user).operations[users[user].pointee.place] else { return }
        stream.connect(at: transport.exchange(users[user].pointee.connection).pointee.startedAt, duration: duration)
        guard stream.connection > 0 else { return }
        streams.reconnects += 1
        if stream.progress.isResuming { streams.resumes += 1 }
    }

    // MARK: Events

    func received(_ event: ServerSentEvent, _ stream: UserStream, at now: UInt64) {
        let message = stream.feed.message(event) { event in
            stream.isRecorded ? history?.appendMessage(event) : nil
        }
        streams.events += 1
        stream.progress.take(message)
        if case .initial = message.content {} else { recordDelivery(message, stream) }
        guard stream.isRecorded, let number = message.number else { return }
        stream.arrivals.append((number, now))
        if stream.arrivals.count >= 64 { writeArrivals(stream) }
    }

    /// From the change to its arrival, where the id says when the change was.
    ///
    /// The id has whole ms: the time is at most 1 ms too long.
    private func recordDelivery(_ message: FeedMessage, _ stream: UserStream) {
        guard let position = message.position, position.isPair else { return }
        let arrived = wallNow() / 1_000
        guard position.major < UInt64.max / 1_000 else { return }
        let changed = position.major * 1_000
        let elapsed = arrived > changed ? arrived - changed : 0
        let ahead = changed > arrived ? changed - arrived : 0
        guard max(elapsed, ahead) < Self.plausible * 1_000 else { return }
        if ahead > 0 {
            streams.ahead += 1
            streams.aheadMilliseconds = max(streams.aheadMilliseconds, (ahead + 999) / 1_000)
        }
        table.record(deliverySeries(stream), microseconds: elapsed)
        guard let (index, limit) = stream.plan.delivery, elapsed > limit else { return }
        stream.late += 1
        note(.check(index), stream.user, stream.plan, transport.exchange(users[stream.user].pointee.connection)) {
            "\(elapsed / 1_000) ms from the change to its arrival"
        }
    }

    private func deliverySeries(_ stream: UserStream) -> TrendID {
        let phase = shared.phase
        let user = users[stream.user]
        let key = RequestSeriesKey(
            kind: UInt64(user.pointee.load) << 32 | UInt64(stream.plan.step.index) << 8 | UInt64(phase.rawValue),
            tagSet: user.pointee.tagSet
        )
        if let known = deliveries[key] { return known }
        let tags = tags(user, stream.plan).values.merging(["phase": "\(phase.name)"]) { $1 }
        let made = table.trend(.sseDeliveryTime, Tags(tags))
        deliveries[key] = made
        return made
    }

    // MARK: Breaks and the end

    /// The user's connection is over.
    ///
    /// - Returns: whether his stream is; otherwise he waits to connect again.
    func connectionEnded(_ user: Int, at now: UInt64) -> Bool {
        let pointer = users[user]
        guard let stream = pointer.pointee.stream else { return true }
        let exchange = transport.exchange(pointer.pointee.connection)
        writeEnd(stream)
        let wanted = stream.parser.retryMilliseconds.map { min($0, 3_600_000) * 1_000_000 } ?? Self.reconnectDelay
        let next = now + min(wanted, Self.longestReconnectDelay)
        guard next < stream.endsAt, Self.isWorthTrying(exchange.pointee.error, exchange.pointee.status) else {
            closeStream(user, isWhole: true)
            return true
        }
        pointer.pointee.state = .waiting
        timers.set(user, at: next)
        return false
    }

    /// What a refusal says will not change; a gateway whose service is away will find it again.
    private static func isWorthTrying(_ error: TransportError?, _ status: Int32) -> Bool {
        error != nil || status == 200 || status == 429 || status >= 500
    }

    /// The user is cut off: his stream, if he has one, ends with what it has.
    func interruptStream(_ user: Int, hadConnection: Bool) {
        let pointer = users[user]
        guard let stream = pointer.pointee.stream else { return }
        if hadConnection { writeEnd(stream) }
        closeStream(user, isWhole: false)
    }

    private func closeStream(_ user: Int, isWhole: Bool) {
        let pointer = users[user]
        guard let stream = pointer.pointee.stream else { return }
        judgeStream(user, stream, isWhole: isWhole)
        pointer.pointee.stream = nil
        transport.exchange(pointer.pointee.connection).pointee.stream = nil
        streams.add(stream.progress)
    }

    /// What was expected of the stream: order at least, and something to put in order.
    ///
    /// One that was cut off (not `isWhole`) may have been about to bring what it has not.
    private func judgeStream(_ user: Int, _ stream: UserStream, isWhole: Bool) {
        let progress = stream.progress
        let plan = stream.plan
        let exchange = transport.exchange(users[user].pointee.connection)
        if isWhole || progress.events > 0 {
            let isGood = progress.events > 0 && progress.outOfOrder == 0 && progress.missed == 0
            let tags = tags(users[user], plan).values.merging(["check": "order"]) { $1 }
            table.record(table.rate(.checks, Tags(tags)), isGood)
            if !isGood {
                note(.order, user, plan, exchange) {
                    progress.events == 0
                        ? "no event came" : "\(progress.outOfOrder) out of order and \(progress.missed) missed"
                }
            }
        }
        for index in plan.step.expect.checks.indices {
            switch plan.step.expect.checks[index].kind {
            case .events(let least) where isWhole || progress.events >= UInt64(least):
                let isGood = progress.events >= UInt64(least)
                recordCheck(isGood, user, plan, index)
                if !isGood {
                    note(.check(index), user, plan, exchange) { "\(progress.events) came, and \(least) were expected" }
                }
            case .delivery: recordCheck(stream.late == 0, user, plan, index)
            default: break
            }
        }
    }

    // MARK: History

    private func writeArrivals(_ stream: UserStream) {
        let user = users[stream.user]
        if !stream.isAnnounced {
            stream.isAnnounced = true
            let exchange = transport.exchange(user.pointee.connection)
            history?.appendConnection(
                stream,
                user.pointee.name,
                began: exchange.pointee.startedAt,
                lastEventID: ReplyHead.value(of: "last-event-id", in: exchange.pointee.request.bytes)
            )
        }
        guard !stream.arrivals.isEmpty else { return }
        history?.appendArrivals(stream)
        stream.arrivals.removeAll(keepingCapacity: true)
    }

    private func writeEnd(_ stream: UserStream) {
        guard stream.isRecorded else { return }
        writeArrivals(stream)
        let exchange = transport.exchange(users[stream.user].pointee.connection)
        history?.appendEnd(stream, exchange.pointee.endedAt, exchange.pointee.status, exchange.pointee.error)
    }
}
