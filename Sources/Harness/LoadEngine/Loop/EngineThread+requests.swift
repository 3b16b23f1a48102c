import Scenario
import Statistics

// Requests: rendered, sent, and what their replies lead to.
extension EngineThread {
    func send(_ user: Int, _ plan: RequestPlan, due: UInt64) {
        let pointer = users[user]
        if pointer.pointee.repetitions == 0 { render(user, plan) }
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
        if retries(user) { return }
        if pointer.pointee.parent >= 0 { laneEnded(user) } else { goOn(user) }
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
            ContractRoute.isOrders(path(exchange))
        else { return }
        user.pointee.orderAcceptedAt = exchange.pointee.endedAt
    }
}
