import Scenario
import Statistics

// Loads that are no storms: the thin loop around their plans.
extension EngineThread {
    /// This thread's part of a load.
    func makePart(_ load: Int, _ spec: LoadSpec) -> LoadPart? {
        let threads = shared.threads
        let plan: any LoadPlan
        switch spec.executor {
        case .storm: return nil
        case .constantVUs(let executor): plan = RampingUsers(executor, thread: number, threads: threads)
        case .rampingVUs(let executor): plan = RampingUsers(executor, thread: number, threads: threads)
        case .perVUIterations(let executor):
            plan = FixedIterations(executor, shared: nil, thread: number, threads: threads)
        case .sharedIterations(let executor):
            plan = FixedIterations(executor, shared: shared.iterations[load], thread: number, threads: threads)
        case .arrivalRate(let executor):
            let seed = shared.configuration.seed
            let random = SplitMix64(seed: seed, load: load, wave: -1, user: 0, iteration: 0)
            plan = ArrivingUsers(executor, thread: number, threads: threads, random: random)
        }
        return LoadPart(load: load, spec: spec, plan: plan, threads: threads)
    }

    /// Makes the users that are to be there before the first arrival.
    func prepare(_ part: LoadPart) {
        guard case .arrivalRate(let executor) = part.spec.executor else { return }
        for user in stride(from: number, to: executor.preAllocatedVUs, by: part.threads) {
            _ = userPlace(user, part)
        }
    }

    func advance(_ part: LoadPart, _ now: UInt64, _ startedAt: UInt64) {
        guard !part.isOver, let beganAt = began(part, now, startedAt) else { return }
        if now >= part.hardEnd {
            interruptAll(of: part)
        } else {
            part.actions.removeAll(keepingCapacity: true)
            part.plan.advance(now - beganAt, &part.actions)
            for action in part.actions { perform(action, part, now) }
            if now >= beganAt + part.plan.end { removeRunnable(of: part) }
        }
        guard part.active == 0, part.plan.nextMoment == .max || now >= beganAt + part.plan.end else { return }
        finish(part, now)
    }

    private func began(_ part: LoadPart, _ now: UInt64, _ startedAt: UInt64) -> UInt64? {
        if let beganAt = part.beganAt { return beganAt }
        guard let begin = beginning(of: part, startedAt), now >= begin else { return nil }
        part.beganAt = begin
        return begin
    }

    /// When the load begins; nil while that is not known.
    private func beginning(of part: LoadPart, _ startedAt: UInt64) -> UInt64? {
        guard startedAt > 0 else { return nil }
        guard let before = part.spec.after else { return startedAt + part.spec.startTime.nanoseconds }
        return shared.ends.endedAt(before).map { $0 + part.spec.startTime.nanoseconds }
    }

    func nextDeadline(of part: LoadPart) -> UInt64 {
        guard !part.isOver else { return .max }
        guard let beganAt = part.beganAt else { return beginning(of: part, shared.startedAt) ?? .max }
        let moment = part.plan.nextMoment
        let next = moment == .max ? UInt64.max : beganAt + moment
        return min(next, part.active > 0 ? part.hardEnd : beganAt + part.plan.end)
    }

    private func perform(_ action: LoadAction, _ part: LoadPart, _ now: UInt64) {
        switch action {
        case .iterate(let user, let index, let due):
            guard let place = userPlace(user, part) else {
                part.plan.lost(user: user)
                drop(part, .connections)
                return
            }
            part.active += 1
            activeUsers += 1
            shared.busy[part.load]?.begin()
            beginIteration(place, index: index, now)
            guard case .arrivalRate = part.spec.executor else {
                users[place].pointee.state = .runnable
                runnable.append(place)
                return
            }
            execute(place, (part.beganAt ?? now) + due)
        case .interrupt(let user):
            if part.place(of: user) >= 0 { interrupt(part.place(of: user)) }
        case .drop:
            drop(part, shared.busy[part.load]?.areAll ?? true ? .maxVUs : .threads)
        }
    }

    /// The user's place in the slab; he is made if he is not there.
    ///
    /// nil → this machine allows no more connections.
    private func userPlace(_ user: Int, _ part: LoadPart) -> Int? {
        let known = part.place(of: user)
        if known >= 0 { return known }
        guard let place = makeUser(load: part.load, wave: 0, number: user, name: "\(part.spec.name)-u\(user)") else {
            return nil
        }
        users[place].pointee.state = .ready
        part.setPlace(place, of: user)
        return place
    }

    func beginIteration(_ place: Int, index: UInt64, _ now: UInt64) {
        let pointer = users[place]
        let part = part(of: pointer.pointee.load)
        pointer.pointee.draws = (part?.drawsByIteration ?? false) ? -1 : pointer.pointee.number
        pointer.pointee.index = Int(truncatingIfNeeded: index)
        beginIteration(place)
        pointer.pointee.iterationStartedAt = now
    }

    func part(of load: Int) -> LoadPart? { partOfLoad[load] }

    /// What becomes of a user of no storm at the end of his iteration.
    func iterationEnded(_ place: Int, _ part: LoadPart, _ now: UInt64) {
        let pointer = users[place]
        pointer.pointee.iteration += 1
        switch part.plan.ended(user: pointer.pointee.number, now: now - (part.beganAt ?? now)) {
        case .iterate(let index):
            beginIteration(place, index: index, now)
            pointer.pointee.state = .runnable
            runnable.append(place)
        case .rest:
            pointer.pointee.state = .ready
            part.active -= 1
            activeUsers -= 1
            shared.busy[part.load]?.end()
        case .leave: remove(place)
        }
    }

    /// A user of no storm is gone.
    func removed(_ user: UnsafeMutablePointer<VirtualUser>, wasActive: Bool) {
        guard let part = part(of: user.pointee.load) else { return }
        part.setPlace(-1, of: user.pointee.number)
        guard wasActive else { return }
        part.active -= 1
        shared.busy[part.load]?.end()
    }

    // MARK: The end

    /// Users that are only about to begin: nothing of theirs is interrupted.
    private func removeRunnable(of part: LoadPart) {
        for place in part.places where place >= 0 && users[place].pointee.state == .runnable {
            part.plan.lost(user: users[place].pointee.number)
            remove(place)
        }
    }

    private func interruptAll(of part: LoadPart) {
        for place in part.places where place >= 0 { interrupt(place) }
    }

    private func finish(_ part: LoadPart, _ now: UInt64) {
        part.isOver = true
        for place in part.places where place >= 0 { remove(place) }
        recordDropped(part)
        end(part.load, now)
    }

    /// The load is over on this thread.
    func end(_ load: Int, _ now: UInt64) {
        if shared.ends.end(load, at: now) { shared.wakeAll() }
    }

    /// Ends it early: the run is stopped.
    func abandon(_ part: LoadPart) {
        guard !part.isOver else { return }
        part.isOver = true
        recordDropped(part)
    }

    /// Iterations that `maxDuration` kept from beginning.
    private func recordDropped(_ part: LoadPart) {
        let unstarted = part.beganAt == nil ? 0 : part.plan.unstarted()
        if unstarted > 0 { drop(part, .maxDuration, unstarted) }
    }

    private func drop(_ part: LoadPart, _ reason: DropReason, _ count: UInt64 = 1) {
        snapshot.dropped += count
        table.add(loadSeries[part.load].dropped[reason.index], count)
    }
}
