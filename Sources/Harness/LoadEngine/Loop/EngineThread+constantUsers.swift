import Scenario

// `constant-vus`: as many users as are wanted, iteration after iteration, for a time.
extension EngineThread {
    func advance(_ part: ConstantPart, _ now: UInt64, _ startedAt: UInt64) {
        if !part.isStarted {
            guard now >= startedAt + part.startTime else { return }
            part.isStarted = true
            let name = shared.scenario.load[part.load].name
            for number in part.numbers {
                guard let user = makeUser(load: part.load, wave: 0, number: number, name: "\(name)-u\(number)") else {
                    continue
                }
                activeUsers += 1
                part.active.insert(user)
                startIteration(user, now)
            }
        } else if !part.active.isEmpty, now >= part.hardEnd(startedAt: startedAt) {
            for user in part.active { interrupt(user) }
        } else if !part.active.isEmpty, now >= part.end(startedAt: startedAt) {
            // Users that are only about to begin: nothing of theirs is interrupted.
            for user in part.active where users[user].pointee.state == .runnable { remove(user) }
        }
    }

    func nextDeadline(of part: ConstantPart) -> UInt64 {
        let startedAt = shared.startedAt
        guard startedAt > 0 else { return .max }
        guard part.isStarted else { return startedAt + part.startTime }
        guard !part.active.isEmpty else { return .max }
        return part.hardEnd(startedAt: startedAt)
    }
}
