import Scenario

/// How far a user is with requests that are under way at the same time.
struct ParallelProgress {
    /// The next request of the list to be started.
    var next = 0
    var underWay = 0
    /// The place in the list of the first request that failed.
    var firstFailed: Int?
    /// Status by place in the list.
    var statuses: [Int32] = []
    /// Captured values by place in the list.
    var captured: [[(slot: Int, value: Value)]] = []
}

// `parallel:`: each request is sent by a lane, a user in the slab of its own that stands for his parent, so that timeouts, retries, samples and
// the history are those of any request. The first lane borrows the parent's connection, the others keep theirs for his next batch.
extension EngineThread {
    func beginParallel(_ user: Int, _ plans: [RequestPlan], limit: Int, due: UInt64) {
        let pointer = users[user]
        pointer.pointee.state = .joining
        // The first lane's request takes the place of the parent's last one.
        pointer.pointee.plan = nil
        pointer.pointee.hasReply = false
        pointer.pointee.parallel = ParallelProgress(
            statuses: [Int32](repeating: 0, count: plans.count),
            captured: [[(slot: Int, value: Value)]](repeating: [], count: plans.count)
        )
        let wanted = min(limit, plans.count)
        while pointer.pointee.lanes.count < wanted, let lane = makeLane(of: user) { pointer.pointee.lanes.append(lane) }
        let lanes = pointer.pointee.lanes.prefix(wanted)
        users[lanes[0]].pointee.plan = nil
        userOfConnection[pointer.pointee.connection] = lanes[0]
        for lane in lanes { startNext(lane, plans, due) }
    }

    /// Another lane; nil when this machine allows no more connections, but the first one needs none.
    private func makeLane(of user: Int) -> Int? {
        let parent = users[user]
        var connection = parent.pointee.connection
        if !parent.pointee.lanes.isEmpty {
            guard hasRoom, let opened = try? transport.open() else { return nil }
            connection = opened
            openLanes += 1
        }
        let place = users.take()
        while userOfConnection.count <= connection { userOfConnection.append(-1) }
        userOfConnection[connection] = place
        let lane = users[place]
        lane.pointee = VirtualUser()
        lane.pointee.state = .ready
        lane.pointee.parent = user
        lane.pointee.connection = connection
        lane.pointee.load = parent.pointee.load
        lane.pointee.wave = parent.pointee.wave
        lane.pointee.number = parent.pointee.number
        lane.pointee.name = parent.pointee.name
        lane.pointee.identity = parent.pointee.identity
        return place
    }

    private func startNext(_ place: Int, _ plans: [RequestPlan], _ due: UInt64) {
        let lane = users[place]
        let parent = users[lane.pointee.parent]
        let request = parent.pointee.parallel.next
        parent.pointee.parallel.next += 1
        parent.pointee.parallel.underWay += 1
        lane.pointee.request = request
        lane.pointee.place = parent.pointee.place
        lane.pointee.draws = parent.pointee.draws
        lane.pointee.index = parent.pointee.index
        lane.pointee.iteration = parent.pointee.iteration
        lane.pointee.slots = parent.pointee.slots
        // Drawn in the order of the list, so that it does not depend on which request ends first.
        lane.pointee.random = SplitMix64(seed: parent.pointee.random.next())
        lane.pointee.repetitions = 0
        lane.pointee.isFirstRequest = parent.pointee.isFirstRequest
        parent.pointee.isFirstRequest = false
        send(place, plans[request], due: due)
    }

    /// A lane's request has come to its end.
    func laneEnded(_ place: Int, isFailed: Bool) {
        let lane = users[place]
        let user = lane.pointee.parent
        let parent = users[user]
        guard let plan = lane.pointee.plan,
            case .parallel(let plans, _) = program(of: user).operations[parent.pointee.place]
        else { return }
        let exchange = transport.exchange(lane.pointee.connection)
        let endedAt = exchange.pointee.endedAt
        let request = lane.pointee.request
        parent.pointee.parallel.underWay -= 1
        parent.pointee.parallel.statuses[request] = lane.pointee.status
        parent.pointee.parallel.captured[request] = plan.step.captures.map { ($0.slot, lane.pointee.slots[$0.slot]) }
        if isFailed {
            parent.pointee.parallel.firstFailed = min(parent.pointee.parallel.firstFailed ?? request, request)
        }
        if lane.pointee.orderAcceptedAt > 0 { parent.pointee.orderAcceptedAt = lane.pointee.orderAcceptedAt }
        lane.pointee.orderAcceptedAt = 0
        if parent.pointee.parallel.next < plans.count {
            startNext(place, plans, endedAt)
            return
        }
        lane.pointee.state = .ready
        if parent.pointee.parallel.underWay == 0 { join(user, endedAt) }
    }

    private func join(_ user: Int, _ now: UInt64) {
        let pointer = users[user]
        let progress = pointer.pointee.parallel
        pointer.pointee.parallel = ParallelProgress()
        userOfConnection[pointer.pointee.connection] = user
        for capture in progress.captured.joined() { pointer.pointee.slots[capture.slot] = capture.value }
        pointer.pointee.status = progress.statuses[progress.firstFailed ?? progress.statuses.count - 1]
        pointer.pointee.place += 1
        execute(user, now)
    }

    // MARK: The end

    /// Cuts off the requests that are under way; what was sent is in the history.
    func interruptLanes(of user: Int) {
        for place in users[user].pointee.lanes where users[place].pointee.state == .requesting {
            transport.cancel(users[place].pointee.connection, .interrupted)
            recordHistory(place)
        }
    }

    func removeLanes(of user: Int) {
        for (number, place) in users[user].pointee.lanes.enumerated() {
            timers.cancel(place)
            let lane = users[place]
            if number > 0 {
                userOfConnection[lane.pointee.connection] = -1
                transport.close(lane.pointee.connection)
                openLanes -= 1
            }
            lane.pointee = VirtualUser()
            users.giveBack(place)
        }
    }
}
