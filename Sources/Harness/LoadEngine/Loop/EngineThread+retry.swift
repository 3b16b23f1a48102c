import Scenario

// `retry:`: the request that is rendered already is sent again.
extension EngineThread {
    /// Whether the user's request is to be sent again; if so, he waits for it.
    func retries(_ user: Int) -> Bool {
        let pointer = users[user]
        guard pointer.pointee.plan?.isRetried == true else { return false }
        let exchange = transport.exchange(pointer.pointee.connection)
        guard let rule = pointer.pointee.plan?.step.retry, pointer.pointee.repetitions < rule.times,
            rule.covers(status: pointer.pointee.status, error: exchange.pointee.error)
        else {
            pointer.pointee.repetitions = 0
            return false
        }
        pointer.pointee.repetitions += 1
        let pause = rule.pause(before: pointer.pointee.repetitions + 1, using: &pointer.pointee.random)
        pointer.pointee.state = .waiting
        timers.set(user, at: exchange.pointee.endedAt + pause.nanoseconds)
        return true
    }
}

extension RetryRule {
    func covers(status: Int32, error: TransportError?) -> Bool {
        guard let error else { return statuses.contains(Int(status)) }
        switch failure {
        case .any: return true
        case .timeout: return error == .timeout || error == .connectTimeout
        case nil: return false
        }
    }
}
