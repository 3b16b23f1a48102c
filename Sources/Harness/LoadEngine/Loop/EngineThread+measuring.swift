import Scenario
import Statistics

// What is written down of a request: samples, the history, and the wave's own result.
extension EngineThread {
    func recordRequest(_ user: Int, _ plan: RequestPlan, isFailed: Bool) {
        let pointer = users[user]
        let exchange = transport.exchange(pointer.pointee.connection)
        let error = exchange.pointee.error
        let series = requestSeries(pointer, plan, error == nil ? exchange.pointee.status : 0, error)
        let response = microseconds(from: pointer.pointee.due, to: exchange.pointee.answeredAt)
        table.add(series.requests, 1)
        table.record(series.failed, isFailed)
        table.add(series.sent, exchange.pointee.bytesSent)
        table.add(series.received, exchange.pointee.bytesReceived)
        recordTimes(exchange, series)
        table.record(series.responseTime, microseconds: response)
        if exchange.pointee.sendingAt > 0 {
            let opening = exchange.pointee.connecting + exchange.pointee.handshaking
            let late = microseconds(from: pointer.pointee.scheduled + opening, to: exchange.pointee.sendingAt)
            table.record(series.lateness, microseconds: late)
        }
        snapshot.requests += 1
        if isFailed { snapshot.failed += 1 }
        snapshot.responseTimes.record(microseconds: response)
    }

    /// k6's parts of a request; a part that did not come to pass is 0.
    private func recordTimes(_ exchange: UnsafeMutablePointer<Exchange>, _ series: RequestSeries) {
        table.record(series.connecting, microseconds: exchange.pointee.connecting / 1_000)
        table.record(series.handshaking, microseconds: exchange.pointee.handshaking / 1_000)
        guard exchange.pointee.sendingAt > 0 else {
            table.record(series.blocked, microseconds: 0)
            table.record(series.sending, microseconds: 0)
            table.record(series.waiting, microseconds: 0)
            table.record(series.receiving, microseconds: 0)
            table.record(series.duration, microseconds: 0)
            return
        }
        let opening = exchange.pointee.connecting + exchange.pointee.handshaking
        let firstByte = exchange.pointee.firstByteAt > 0 ? exchange.pointee.firstByteAt : exchange.pointee.answeredAt
        // A reply can overtake the news that the request was sent.
        let sent = min(max(exchange.pointee.sentAt, exchange.pointee.sendingAt), firstByte)
        table.record(
            series.blocked,
            microseconds: microseconds(from: exchange.pointee.startedAt + opening, to: exchange.pointee.sendingAt)
        )
        table.record(series.sending, microseconds: microseconds(from: exchange.pointee.sendingAt, to: sent))
        table.record(series.waiting, microseconds: microseconds(from: sent, to: firstByte))
        table.record(series.receiving, microseconds: microseconds(from: firstByte, to: exchange.pointee.answeredAt))
        table.record(
            series.duration,
            microseconds: microseconds(from: exchange.pointee.sendingAt, to: exchange.pointee.answeredAt)
        )
    }

    private func requestSeries(
        _ user: UnsafeMutablePointer<VirtualUser>,
        _ plan: RequestPlan,
        _ status: Int32,
        _ error: TransportError?
    ) -> RequestSeries {
        let phase = user.pointee.phase
        let key = RequestSeriesKey(
            kind: UInt64(user.pointee.load) << 48 | UInt64(plan.step.index) << 28 | UInt64(max(0, status)) << 16
                | UInt64(error?.rawValue ?? 0) << 8 | UInt64(phase.rawValue),
            tagSet: user.pointee.tagSet
        )
        if key == latestSeriesKey, let latestSeries { return latestSeries }
        latestSeriesKey = key
        if let known = series[key] {
            latestSeries = known
            return known
        }
        var tags = tags(user, plan).values
        tags["status"] = String(status)
        if let error { tags["error"] = error.name }
        let made = RequestSeries(&table, Tags(tags))
        series[key] = made
        latestSeries = made
        return made
    }

    func recordPoll(_ user: Int, _ plan: RequestPlan, until: Expression, isOver: Bool, at now: UInt64) {
        let pointer = users[user]
        let tags = tags(pointer, plan)
        table.record(table.rate(.checks, Tags(tags.values.merging(["check": "until"]) { $1 })), isOver)
        if !isOver {
            note(.until, user, plan, transport.exchange(pointer.pointee.connection)) {
                "\(until.source) was not true in time; the last status was \(pointer.pointee.status)"
            }
        }
        guard isOver, pointer.pointee.orderAcceptedAt > 0 else { return }
        let elapsed = microseconds(from: pointer.pointee.orderAcceptedAt, to: now)
        table.record(table.trend(.sagaTime, tags), microseconds: elapsed)
        pointer.pointee.orderAcceptedAt = 0
    }

    func tags(_ user: UnsafeMutablePointer<VirtualUser>, _ plan: RequestPlan) -> Tags {
        tags(user, request: plan.step.name, group: plan.step.group, own: plan.step.tags)
    }

    // MARK: History

    func recordHistory(_ user: Int) {
        let pointer = users[user]
        guard history != nil, pointer.pointee.isRecorded, let plan = pointer.pointee.plan else { return }
        let exchange = transport.exchange(pointer.pointee.connection)
        let isGood = exchange.pointee.error == nil && (200...299).contains(exchange.pointee.status)
        let request = exchange.pointee.request.bytes
        let key = exchange.pointee.layout.key
        history?.append(
            HistoryEntry(
                user: pointer.pointee.name,
                wave: storms.contains { $0.load == pointer.pointee.load } ? Int32(pointer.pointee.wave) : nil,
                request: plan.name,
                method: plan.step.method.text,
                path: path(exchange),
                body: exchange.pointee.body,
                key: key.isEmpty ? nil : UnsafeBufferPointer(rebasing: request[key]),
                invoke: exchange.pointee.startedAt,
                returned: exchange.pointee.endedAt,
                status: exchange.pointee.error == nil ? exchange.pointee.status : 0,
                error: exchange.pointee.error,
                reply: isGood ? exchange.pointee.replyBody.bytes : nil,
                trace: ReplyHead.value(of: "trace-id", in: exchange.pointee.replyHead.bytes),
                phase: pointer.pointee.phase,
                faults: currentFaults()
            )
        )
    }
}

extension RequestMethod {
    fileprivate var text: StaticString {
        switch self {
        case .get: "GET"
        case .post: "POST"
        case .put: "PUT"
        case .patch: "PATCH"
        case .delete: "DELETE"
        case .head: "HEAD"
        }
    }
}
