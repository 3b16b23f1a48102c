import Scenario
import Statistics

// `redis:` steps: a command on the thread's own connection, its reply read as JSON.
extension EngineThread {
    func ask(_ user: Int, _ step: RedisStep, due: UInt64) {
        let pointer = users[user]
        var context = UserContext(pointer, transport.exchange(pointer.pointee.connection), shared)
        let command = step.command.map { $0.bytes(&context) }
        lastTicket += 1
        pointer.pointee.tagSet = tagSet(step.tags.filter { $0.value.literal == nil }, &context)
        pointer.pointee.ticket = lastTicket
        pointer.pointee.state = .asking
        pointer.pointee.phase = shared.phase
        pointer.pointee.due = due
        pointer.pointee.status = 0
        pointer.pointee.hasReply = false
        timers.set(user, at: monotonicNow() + step.timeout.nanoseconds)
        redis?.send(command, user: user, ticket: lastTicket)
    }

    /// Hands the replies to those who wait for them.
    func drainRedis() {
        guard let redis else { return }
        for answer in redis.takeAnswers() {
            let pointer = users[answer.user]
            // He may have given up, and his place be somebody else's.
            guard pointer.pointee.state == .asking, pointer.pointee.ticket == answer.ticket else { continue }
            timers.cancel(answer.user)
            answered(answer.user, answer.outcome)
        }
    }

    func redisTimedOut(_ user: Int) {
        guard let redis else { return }
        answered(user, redis.abandon(ticket: users[user].pointee.ticket))
    }

    private func answered(_ user: Int, _ outcome: RedisLink.Outcome) {
        let pointer = users[user]
        let now = monotonicNow()
        guard case .redis(let step) = program(of: user).operations[pointer.pointee.place] else { return }
        record(user, step, outcome, now)
        let exchange = transport.exchange(pointer.pointee.connection)
        if case .reply(.value(let value)) = outcome {
            exchange.pointee.replyBody.clear()
            exchange.pointee.replyBody.append(Array(value.json.utf8))
            pointer.pointee.hasReply = true
        }
        for capture in step.captures {
            guard case .json(let path) = capture.source else { continue }
            let bytes = UnsafeRawBufferPointer(exchange.pointee.replyBody.bytes)
            pointer.pointee.slots[capture.slot] = pointer.pointee.hasReply ? path.value(in: bytes) : .none
        }
        pointer.pointee.place += 1
        execute(user, now)
    }

    private func record(_ user: Int, _ step: RedisStep, _ outcome: RedisLink.Outcome, _ now: UInt64) {
        let pointer = users[user]
        var tags = tags(pointer, request: step.name, group: step.group, own: step.tags).values
        let result: RedisOutcome
        switch outcome {
        case .reply(.value): result = .reply
        case .reply(.error): result = .error
        case .unsent(let error):
            result = .unsent
            tags["error"] = error.name
        case .unknown(let error):
            result = .unknown
            tags["error"] = error.name
        }
        tags["outcome"] = result.rawValue
        let key = Tags(tags)
        table.add(table.counter(.redisReqs, key), 1)
        table.record(table.rate(.redisReqFailed, key), result != .reply)
        let elapsed = microseconds(from: pointer.pointee.due, to: now)
        table.record(table.trend(.redisReqResponseTime, key), microseconds: elapsed)
    }
}
