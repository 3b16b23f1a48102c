import Scenario
import Statistics

// Virtual users: how they come, move through their program, and go.
extension EngineThread {
    /// Makes a user with a connection of his own that is not yet open.
    func makeUser(load: Int, wave: Int, number: Int, name: String) -> Int? {
        guard hasRoom, let connection = try? transport.open() else { return nil }
        let place = users.take()
        while userOfConnection.count <= connection { userOfConnection.append(-1) }
        userOfConnection[connection] = place
        let user = users[place]
        user.pointee = VirtualUser()
        user.pointee.load = load
        user.pointee.wave = wave
        user.pointee.number = number
        user.pointee.connection = connection
        user.pointee.name = Array(name.utf8)
        if let token = shared.configuration.tokenForUser(name) {
            RequestPlan.appendLine("Authorization", Array("Bearer \(token)".utf8), to: &user.pointee.identity)
        } else {
            RequestPlan.appendLine("X-Caller-Id", Array(name.utf8), to: &user.pointee.identity)
        }
        user.pointee.draws = number
        openUsers += 1
        mostOpenUsers = max(mostOpenUsers, openUsers)
        return place
    }

    /// The slots of a new iteration: empty, but for what the load sets.
    func beginIteration(_ user: Int) {
        let pointer = users[user]
        let spec = shared.scenario.load[pointer.pointee.load]
        pointer.pointee.random = SplitMix64(
            seed: shared.configuration.seed,
            load: pointer.pointee.load,
            wave: pointer.pointee.wave,
            user: pointer.pointee.draws,
            iteration: pointer.pointee.index
        )
        pointer.pointee.place = 0
        pointer.pointee.hasReply = false
        pointer.pointee.status = 0
        pointer.pointee.isFirstRequest = true
        pointer.pointee.orderAcceptedAt = 0
        pointer.pointee.pollStartedAt = 0
        pointer.pointee.repetitions = 0
        let slotCount = program(of: user).slotCount
        if pointer.pointee.slots.count == slotCount {
            for slot in 0..<slotCount { pointer.pointee.slots[slot] = .none }
        } else {
            pointer.pointee.slots = [Value](repeating: .none, count: slotCount)
        }
        for assignment in spec.set {
            let value = evaluate(assignment.value, user)
            pointer.pointee.slots[assignment.slot] = value
        }
    }

    func program(of user: Int) -> FlowProgram {
        programs[users[user].pointee.load]
    }

    func evaluate(_ expression: Expression, _ user: Int) -> Value {
        var context = UserContext(users[user], transport.exchange(users[user].pointee.connection), shared)
        return expression.evaluate(&context)
    }

    /// Moves past the operations that take no time; the operation reached takes time or ends the iteration.
    func skipToWait(_ user: Int) -> FlowProgram.Operation {
        let operations = program(of: user).operations
        let pointer = users[user]
        while true {
            let operation = operations[pointer.pointee.place]
            switch operation {
            case .request, .poll, .stream, .think, .parallel, .rendezvous, .redis, .end: return operation
            case .set(let slot, let expression):
                let value = evaluate(expression, user)
                pointer.pointee.slots[slot] = value
                pointer.pointee.place += 1
            case .jump(let target): pointer.pointee.place = target
            case .jumpUnless(let condition, let target):
                let isTrue = evaluate(condition, user).isTrue
                pointer.pointee.place = isTrue ? pointer.pointee.place + 1 : target
            case .beginLoop(let slot, let times):
                let count = Instruction.repeats(evaluate(times, user))
                pointer.pointee.slots[slot] = .integer(count)
                pointer.pointee.place += 1
            case .countDown(let slot, let target):
                let left = pointer.pointee.slots[slot].integer ?? 0
                if left > 0 {
                    pointer.pointee.slots[slot] = .integer(left - 1)
                    pointer.pointee.place += 1
                } else {
                    pointer.pointee.place = target
                }
            case .beginGroup(let slot):
                pointer.pointee.slots[slot] = .integer(Int64(monotonicNow()))
                pointer.pointee.place += 1
            case .endGroup(let slot, let name):
                recordGroup(user, name, slot)
                pointer.pointee.place += 1
            }
        }
    }

    /// Runs the user up to the next thing that takes time.
    ///
    /// A request that follows is due at `due`, the moment he was to go on, however late the loop is.
    func execute(_ user: Int, _ due: UInt64) {
        let pointer = users[user]
        switch skipToWait(user) {
        case .request(let plan), .stream(let plan, _):
            send(user, plan, due: due)
        case .poll(let plan, _, _, _):
            pointer.pointee.pollStartedAt = due
            pointer.pointee.pollLastAt = due
            send(user, plan, due: due)
        case .think(let distribution):
            let pause = distribution.sample(using: &pointer.pointee.random).nanoseconds
            pointer.pointee.place += 1
            pointer.pointee.state = .waiting
            timers.set(user, at: due + pause)
        case .parallel(let plans, let limit): beginParallel(user, plans, limit: limit, due: due)
        case .rendezvous(let place): meet(user, place)
        case .redis(let step): ask(user, step, due: due)
        default: endIteration(user)
        }
    }

    private func endIteration(_ user: Int) {
        let pointer = users[user]
        let now = monotonicNow()
        let load = loadSeries[pointer.pointee.load]
        let elapsed = microseconds(from: pointer.pointee.iterationStartedAt, to: now)
        table.add(load.iterations, 1)
        table.record(load.iterationDuration, microseconds: elapsed)
        snapshot.iterations += 1
        guard let part = part(of: pointer.pointee.load) else {
            remove(user)
            return
        }
        iterationEnded(user, part, now)
    }

    /// A user's timer: his request has taken too long, or he is to go on.
    func timerFired(_ user: Int, _ deadline: UInt64, _ now: UInt64) {
        let pointer = users[user]
        switch pointer.pointee.state {
        case .requesting, .preparing:
            let exchange = transport.exchange(pointer.pointee.connection)
            let isHeldOpen = exchange.pointee.isStream && exchange.pointee.status != 0
            if let later = laterStreamDeadline(user, isHeldOpen: isHeldOpen), later > deadline {
                timers.set(user, at: later)
                return
            }
            transport.cancel(pointer.pointee.connection, .timeout)
            // A stream that was open for its time has done what it was to do.
            if isHeldOpen { exchange.pointee.error = nil }
            exchangeEnded(user)
        case .waiting where pointer.pointee.repetitions > 0:
            if let plan = pointer.pointee.plan { send(user, plan, due: deadline) }
        case .waiting:
            guard pointer.pointee.pollStartedAt != 0,
                case .poll(let plan, _, _, _) = program(of: user).operations[pointer.pointee.place]
            else {
                execute(user, deadline)
                return
            }
            pointer.pointee.pollLastAt = deadline
            send(user, plan, due: deadline)
        case .meeting: gatheringTimedOut(user, now)
        case .asking: redisTimedOut(user)
        default: break
        }
    }

    /// When a stream is over: its timeout is for the head of the reply; once that is there, it is held for its duration.
    private func laterStreamDeadline(_ user: Int, isHeldOpen: Bool) -> UInt64? {
        let pointer = users[user]
        guard pointer.pointee.state == .requesting, let plan = pointer.pointee.plan,
            let stream = pointer.pointee.stream
        else { return nil }
        return isHeldOpen
            ? stream.endsAt : transport.exchange(pointer.pointee.connection).pointee.startedAt + plan.timeout
    }

    /// Cuts a user off: his iteration counts nowhere, but what he had sent is in the history as interrupted.
    func interrupt(_ user: Int) {
        let pointer = users[user]
        // Lanes end with their parent.
        guard pointer.pointee.state != .gone, pointer.pointee.parent < 0 else { return }
        interruptLanes(of: user)
        leaveGathering(user)
        let isRequesting = pointer.pointee.state == .requesting
        if isRequesting {
            transport.cancel(pointer.pointee.connection, .interrupted)
            recordHistory(user)
        }
        interruptStream(user, hadConnection: isRequesting)
        noteInterruption(user)
        remove(user)
    }

    func remove(_ user: Int) {
        let pointer = users[user]
        guard pointer.pointee.state != .gone else { return }
        timers.cancel(user)
        let wasActive = pointer.pointee.state != .preparing && pointer.pointee.state != .ready
        if wasActive { activeUsers -= 1 }
        removed(pointer, wasActive: wasActive)
        if wasActive { storms.first { $0.load == pointer.pointee.load }?.active -= 1 }
        removeLanes(of: user)
        userOfConnection[pointer.pointee.connection] = -1
        transport.close(pointer.pointee.connection)
        openUsers -= 1
        pointer.pointee = VirtualUser()
        users.giveBack(user)
    }
}
