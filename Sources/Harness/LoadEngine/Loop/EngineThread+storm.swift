import Scenario
import Statistics

// `storm`: waves of users that are prepared, wait at a barrier, and go together.
extension EngineThread {
    /// Unmeasured requests under way at one time, over all threads.
    private static var warmingPace: Int { 200 }
    /// Users made in one round of the loop: minting tokens takes long enough to hold up the replies of the wave before.
    private static var batch: Int { 8 }
    private static var warmingTimeout: UInt64 { 10_000_000_000 }

    func advance(_ part: StormPart, _ now: UInt64) {
        let startedAt = shared.startedAt
        switch part.stage {
        case .idle:
            guard part.shouldPrepare(now: now, startedAt: startedAt) else { break }
            part.members.removeAll(keepingCapacity: true)
            part.underWay = 0
            part.prepared = 0
            part.stage = .warming
            fallthrough
        case .warming:
            makeUsers(part)
            if part.prepared == part.numbers.count { warmed(part) }
        case .rehearsing:
            if part.prepared == part.numbers.count { becomeReady(part) }
        case .ready:
            guard startedAt > 0, now >= part.due(wave: part.wave, startedAt: startedAt),
                part.barrier.isOpen(wave: part.wave)
            else { break }
            release(part, startedAt)
        case .done:
            guard now >= part.end(startedAt: startedAt) else { break }
            for user in 0..<users.count where users[user].pointee.load == part.load { interrupt(user) }
        }
    }

    func nextDeadline(of part: StormPart) -> UInt64 {
        let startedAt = shared.startedAt
        switch part.stage {
        case .idle:
            return startedAt > 0 && part.wave > 0 ? part.latestPreparation(startedAt: startedAt) : .max
        case .warming:
            let canMakeMore = part.members.count < part.numbers.count && part.underWay < pace && hasRoom
            return canMakeMore ? 0 : .max
        case .rehearsing: return .max
        case .ready:
            // Open only when all threads are there; the last one wakes the others.
            guard startedAt > 0, part.barrier.isOpen(wave: part.wave) else { return .max }
            return part.due(wave: part.wave, startedAt: startedAt)
        case .done:
            return activeUsers > 0 && startedAt > 0 ? part.end(startedAt: startedAt) : .max
        }
    }

    /// Tells those that wait for a storm that it is over.
    func endStorms(_ now: UInt64) {
        for part in storms where part.stage == .done && !part.hasEnded && part.active == 0 {
            part.hasEnded = true
            end(part.load, now)
        }
    }

    private var pace: Int { max(1, Self.warmingPace / shared.threads) }

    // MARK: Preparing

    private func makeUsers(_ part: StormPart) {
        let name = shared.scenario.load[part.load].name
        for _ in 0..<Self.batch {
            guard part.members.count < part.numbers.count, part.underWay < pace else { return }
            let number = part.numbers[part.members.count]
            guard
                let user = makeUser(
                    load: part.load,
                    wave: part.wave,
                    number: number,
                    name: "\(name)-w\(part.wave)-u\(number)"
                )
            else { return }
            part.members.append(user)
            users[user].pointee.state = .preparing
            beginIteration(user)
            if let path = warmingPath(user) {
                warm(user, path, part)
            } else {
                prepared(user, part)
            }
        }
    }

    private func warmingPath(_ user: Int) -> [UInt8]? {
        guard shared.configuration.warmsUp else { return nil }
        switch skipToWait(user) {
        case .request(let plan), .stream(let plan, _), .poll(let plan, _, _, _): return plan.warmingPath
        case .parallel(let plans, _): return plans.first?.warmingPath
        default: return nil
        }
    }

    /// An unmeasured request: it opens the user's connection and, behind the gateway, one to the service.
    private func warm(_ user: Int, _ path: [UInt8], _ part: StormPart) {
        let connection = users[user].pointee.connection
        renderWarming(user, path)
        transport.start(connection)
        timers.set(user, at: transport.exchange(connection).pointee.startedAt + Self.warmingTimeout)
        part.underWay += 1
    }

    func warmingEnded(_ user: Int) {
        guard let part = storms.first(where: { $0.load == users[user].pointee.load }) else { return }
        part.underWay -= 1
        // A user who could not be warmed takes part all the same: his request shows what a client would see.
        let hasFailed = transport.exchange(users[user].pointee.connection).pointee.error != nil
        if hasFailed, part.stage == .rehearsing || part.wave > 0 { part.results[part.wave].unprepared += 1 }
        let isRehearsalNext = part.stage == .warming && part.wave == 0
        if isRehearsalNext {
            part.prepared += 1
        } else {
            prepared(user, part)
        }
    }

    /// Renders the first request, so that the release has only to send it.
    private func prepared(_ user: Int, _ part: StormPart) {
        users[user].pointee.state = .ready
        switch skipToWait(user) {
        case .request(let plan), .stream(let plan, _), .poll(let plan, _, _, _): render(user, plan)
        default: users[user].pointee.plan = nil
        }
        part.prepared += 1
    }

    private func warmed(_ part: StormPart) {
        let waiting = part.members.filter { users[$0].pointee.state == .preparing }
        guard part.wave == 0, !waiting.isEmpty else {
            becomeReady(part)
            return
        }
        part.stage = .rehearsing
        part.prepared -= waiting.count
        for user in waiting {
            if let path = warmingPath(user) { warm(user, path, part) }
        }
    }

    private func becomeReady(_ part: StormPart) {
        part.stage = .ready
        if part.barrier.arrive(wave: part.wave) { shared.wakeAll() }
    }

    // MARK: The release

    private func release(_ part: StormPart, _ startedAt: UInt64) {
        let wave = part.wave
        part.results[wave].dueNs = part.due(wave: wave, startedAt: startedAt)
        let instant = monotonicNow()
        part.results[wave].releasedNs = instant
        activeUsers += part.members.count
        part.active += part.members.count
        for user in part.members {
            let pointer = users[user]
            pointer.pointee.due = instant
            pointer.pointee.scheduled = part.results[wave].dueNs
            pointer.pointee.iterationStartedAt = instant
            if pointer.pointee.plan != nil { start(user) }
        }
        transport.advance(.max - 1)
        part.results[wave].released = part.members.count
        for user in part.members where users[user].pointee.state == .requesting {
            let timeout = users[user].pointee.plan?.timeout ?? 0
            if case .poll = program(of: user).operations[users[user].pointee.place] {
                users[user].pointee.pollStartedAt = instant
                users[user].pointee.pollLastAt = instant
            }
            timers.set(user, at: min(instant + timeout, users[user].pointee.stream?.endsAt ?? .max))
        }
        for user in part.members where users[user].pointee.plan == nil {
            users[user].pointee.state = .runnable
            runnable.append(user)
        }
        part.members.removeAll(keepingCapacity: true)
        part.wave += 1
        part.stage = part.wave == part.storm.waves ? .done : .idle
    }

    /// The wave's own account of its users' first requests.
    func noteFirstRequest(_ user: Int) {
        let pointer = users[user]
        guard pointer.pointee.isFirstRequest else { return }
        pointer.pointee.isFirstRequest = false
        guard let part = storms.first(where: { $0.load == pointer.pointee.load }) else { return }
        let exchange = transport.exchange(pointer.pointee.connection)
        let wave = pointer.pointee.wave
        part.results[wave].completed += 1
        if exchange.pointee.error == nil { part.results[wave].answered += 1 }
        part.results[wave].lastReplyNs = max(part.results[wave].lastReplyNs, exchange.pointee.endedAt)
        guard exchange.pointee.sendingAt > 0 else { return }
        part.results[wave].firstByteNs = min(part.results[wave].firstByteNs, exchange.pointee.sendingAt)
        part.results[wave].lastByteNs = max(part.results[wave].lastByteNs, exchange.pointee.sendingAt)
    }

    func noteInterruption(_ user: Int) {
        let pointer = users[user]
        guard pointer.pointee.state != .preparing, pointer.pointee.state != .ready,
            let part = storms.first(where: { $0.load == pointer.pointee.load })
        else { return }
        part.results[pointer.pointee.wave].interrupted += 1
    }
}
