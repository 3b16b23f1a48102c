import Contract
import Logging
import Scenario

/// The proof that nothing is left.
extension FaultTimeline {
    private static let proofPause = Duration.milliseconds(100)
    /// Long enough for a lease to end by itself.
    private static let proofPatience = Duration.seconds(Int(FaultTimeline.leaseMargin) + 2)

    func proveReverted() async {
        let redisProblem = touchedRedis ? await redisLeftover() : nil
        let paymentProblem = touchedPayment ? await paymentLeftover() : nil
        let brokerProblem = touchedBroker ? await brokerLeftover() : nil
        for fault in faults {
            let problem: String? =
                switch fault.spec.kind {
                case .redis: redisProblem
                case .payment: paymentProblem
                case .broker: brokerProblem
                case .process: await recovery(fault)
                }
            reports[fault.index].reverted = problem == nil
            if let problem {
                reports[fault.index].note("after the faults: \(problem)")
                logger.error("fault left behind", metadata: ["fault": "\(fault.description)", "problem": "\(problem)"])
            }
        }
    }

    /// - Returns: nil when the process answers again, or nothing was done to it.
    private func recovery(_ fault: PlannedFault) async -> String? {
        guard let recovery = recoveries[fault.index] else { return nil }
        switch await recovery.value {
        case .success(let milliseconds):
            reports[fault.index].details["readyAfterMilliseconds"] = milliseconds
            return nil
        case .failure(let error):
            return error.description
        }
    }

    /// - Returns: nil when every broker is up and answers at once.
    private func brokerLeftover() async -> String? {
        guard let broker else { return nil }
        return await leftover { () async throws(FaultError) in try await broker.leftover() }
    }

    /// - Returns: nil when payment says that no fault is in force.
    private func paymentLeftover() async -> String? {
        guard let payment else { return nil }
        return await leftover { () async throws(FaultError) in
            guard try await payment.state().active != nil else { return nil }
            _ = try await payment.clear()
            return "payment still has faults in force"
        }
    }

    /// - Returns: nil when the proxy lists no toxic and a PING through it is answered.
    private func redisLeftover() async -> String? {
        guard let redis else { return nil }
        let listed = await leftover { () async throws(FaultError) in
            let names = try await redis.toxicsInForce()
            return names.isEmpty ? nil : "the proxy still has the toxics \(names.joined(separator: ", "))"
        }
        if let listed {
            return listed
        }
        do {
            if probe == nil {
                probe = RedisProbe(endpoint: try await redis.listener())
            }
            let after = try await probe?.measure()
            for fault in faults where fault.spec.isRedis {
                reports[fault.index].details["probeAfterMicroseconds"] = after
                reports[fault.index].details["probeBeforeMicroseconds"] = probeBefore
            }
            return nil
        } catch {
            return "\(error)"
        }
    }

    /// Asks until the answer is nil, or patience is over.
    private func leftover(_ ask: @Sendable () async throws(FaultError) -> String?) async -> String? {
        let deadline = ContinuousClock.now + Self.proofPatience
        while true {
            let problem: String
            do {
                guard let found = try await ask() else { return nil }
                problem = found
            } catch {
                problem = error.description
            }
            guard ContinuousClock.now < deadline else { return problem }
            try? await Task.sleep(for: Self.proofPause)
        }
    }
}
