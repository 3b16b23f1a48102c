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
        timers.set(user, at: min(startedAt + plan.timeout, pointer.pointee.stream?.endsAt ?? .max))
    }

    /// Hands the rendered request to the transport.
    func start(_ user: Int) {
        let pointer = users[user]
        pointer.pointee.state = .requesting
        pointer.pointee.phase = shared.phase
        pointer.pointee.hasReply = false
        transport.start(pointer.pointee.connection)
        if let stream = pointer.pointee.stream { streamStarted(user, stream) }
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
        var isFailed = false
        if let plan = pointer.pointee.plan {
            let isWhole = capture(user, plan, exchange)
            let isGood = isAsExpected(user, plan, exchange)
            isFailed = !isWhole || !isGood
            recordRequest(user, plan, isFailed: isFailed)
        }
        recordHistory(user)
        noteFirstRequest(user)
        noteAcceptedOrder(pointer, exchange)
        if retries(user) { return }
        if pointer.pointee.parent >= 0 { laneEnded(user, isFailed: isFailed) } else { goOn(user) }
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
            recordPoll(user, plan, until: until, isOver: isOver, at: now)
            pointer.pointee.pollStartedAt = 0
        } else if !connectionEnded(user, at: now) {
            return
        }
        pointer.pointee.place += 1
        execute(user, now)
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
