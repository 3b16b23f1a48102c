import Scenario
import Statistics

// Requests: rendered, sent, and what their replies lead to.
extension EngineThread {
    func send(_ user: Int, _ plan: RequestPlan, due: UInt64) {
        render(user, plan)
        let pointer = users[user]
        pointer.pointee.due = due
        pointer.pointee.scheduled = due
        start(user)
        let startedAt = transport.exchange(pointer.pointee.connection).pointee.startedAt
        timers.set(user, at: startedAt + min(plan.timeout, streamDuration(user) ?? .max))
    }

    /// For how long the user's stream is to be held, in ns; nil if his request is none.
    func streamDuration(_ user: Int) -> UInt64? {
        guard case .stream(_, let duration) = program(of: user).operations[users[user].pointee.place] else {
            return nil
        }
        return duration
    }

    /// Hands the rendered request to the transport.
    func start(_ user: Int) {
        let pointer = users[user]
        pointer.pointee.state = .requesting
        pointer.pointee.phase = shared.phase
        pointer.pointee.hasReply = false
        transport.start(pointer.pointee.connection)
    }

    /// Writes the request into the user's exchange and gives it to the transport to prepare.
    func render(_ user: Int, _ plan: RequestPlan) {
        let pointer = users[user]
        let exchange = transport.exchange(pointer.pointee.connection)
        var context = UserContext(pointer, exchange, shared)
        pointer.pointee.plan = plan
        exchange.pointee.method = plan.step.method
        exchange.pointee.keepsBody = plan.keepsBody
        exchange.pointee.isStream = plan.isStream
        renderURL(pointer, exchange, plan, &context)
        renderHeaders(pointer, exchange, plan, &context)
        exchange.pointee.body.clear()
        exchange.pointee.hasBody = plan.step.body != nil
        if let body = plan.step.body {
            scratch.removeAll(keepingCapacity: true)
            body.template.render(into: &scratch, &context)
            exchange.pointee.body.append(scratch)
        }
        transport.prepare(pointer.pointee.connection)
    }

    private func renderURL(
        _ user: UnsafeMutablePointer<VirtualUser>,
        _ exchange: UnsafeMutablePointer<Exchange>,
        _ plan: RequestPlan,
        _ context: inout UserContext
    ) {
        scratch.removeAll(keepingCapacity: true)
        plan.step.url.render(into: &scratch, &context)
        exchange.pointee.url.clear()
        if scratch.first == UInt8(ascii: "/") {
            exchange.pointee.url.append(gateway)
            user.pointee.pathStart = gateway.count
        } else {
            user.pointee.pathStart = scratch.starts(with: gateway) ? gateway.count : 0
        }
        exchange.pointee.url.append(scratch)
        exchange.pointee.url.append(0)
        user.pointee.isRecorded = ContractRoute.isRecorded(path(user, exchange))
    }

    private func renderHeaders(
        _ user: UnsafeMutablePointer<VirtualUser>,
        _ exchange: UnsafeMutablePointer<Exchange>,
        _ plan: RequestPlan,
        _ context: inout UserContext
    ) {
        exchange.pointee.headers.clear()
        exchange.pointee.headers.append(plan.constantHeaders)
        exchange.pointee.headerCount = plan.constantHeaderCount
        if plan.sendsToken {
            exchange.pointee.headers.append(user.pointee.identity)
            exchange.pointee.headerCount += 1
        }
        user.pointee.keyCount = 0
        for header in plan.variableHeaders {
            scratch.removeAll(keepingCapacity: true)
            header.template.render(into: &scratch, &context)
            let start = exchange.pointee.headers.count
            var line: [UInt8] = []
            RequestPlan.appendLine(header.name, scratch, to: &line)
            exchange.pointee.headers.append(line)
            exchange.pointee.headerCount += 1
            if header.isIdempotencyKey, !scratch.isEmpty {
                user.pointee.keyStart = start + header.name.utf8.count + 2
                user.pointee.keyCount = line.count - header.name.utf8.count - 3
            }
        }
    }

    /// The path of the request in the exchange, without the NUL.
    func path(
        _ user: UnsafeMutablePointer<VirtualUser>,
        _ exchange: UnsafeMutablePointer<Exchange>
    ) -> UnsafeBufferPointer<UInt8> {
        let url = exchange.pointee.url.bytes
        return UnsafeBufferPointer(rebasing: url[user.pointee.pathStart..<(url.count - 1)])
    }

    // MARK: Replies

    /// The transport has ended the user's request, or the request's time is up.
    func exchangeEnded(_ user: Int) {
        timers.cancel(user)
        let pointer = users[user]
        guard pointer.pointee.state == .requesting else {
            if pointer.pointee.state == .preparing { warmingEnded(user) }
            return
        }
        let exchange = transport.exchange(pointer.pointee.connection)
        pointer.pointee.status = exchange.pointee.error == nil ? exchange.pointee.status : 0
        pointer.pointee.hasReply = exchange.pointee.error == nil
        recordRequest(user)
        recordHistory(user)
        noteFirstRequest(user)
        if let plan = pointer.pointee.plan { capture(user, plan) }
        noteAcceptedOrder(pointer, exchange)
        goOn(user)
    }

    private func goOn(_ user: Int) {
        let pointer = users[user]
        let now = transport.exchange(pointer.pointee.connection).pointee.endedAt
        if case .poll(let plan, let until, let every, let within) = program(of: user).operations[pointer.pointee.place]
        {
            let isOver = pointer.pointee.hasReply && evaluate(until, user).isTrue
            let next = max(pointer.pointee.pollLastAt + every, now)
            if !isOver, next - pointer.pointee.pollStartedAt <= within {
                pointer.pointee.state = .waiting
                timers.set(user, at: next)
                return
            }
            recordPoll(user, plan, isOver: isOver, at: now)
            pointer.pointee.pollStartedAt = 0
        } else if case .stream = program(of: user).operations[pointer.pointee.place] {
            recordStream(user)
        }
        pointer.pointee.place += 1
        execute(user, now)
    }

    private func capture(_ user: Int, _ plan: RequestPlan) {
        let pointer = users[user]
        let exchange = transport.exchange(pointer.pointee.connection)
        for capture in plan.step.captures {
            let value: Value
            switch capture.source {
            case .json(let path):
                value =
                    pointer.pointee.hasReply
                    ? path.value(in: UnsafeRawBufferPointer(exchange.pointee.replyBody.bytes)) : .none
            case .header(let name):
                value =
                    ReplyHead.value(of: name, in: exchange.pointee.replyHead.bytes)
                    .map { .text(String(decoding: $0, as: UTF8.self)) } ?? .none
            }
            pointer.pointee.slots[capture.slot] = value
        }
    }

    private func noteAcceptedOrder(
        _ user: UnsafeMutablePointer<VirtualUser>,
        _ exchange: UnsafeMutablePointer<Exchange>
    ) {
        guard user.pointee.isRecorded, exchange.pointee.method == .post,
            user.pointee.status == 201 || user.pointee.status == 200,
            ContractRoute.isOrders(path(user, exchange))
        else { return }
        user.pointee.orderAcceptedAt = exchange.pointee.endedAt
    }
}
