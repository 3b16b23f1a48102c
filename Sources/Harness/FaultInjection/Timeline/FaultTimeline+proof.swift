import Contract
import Logging
import Scenario

/// The proof that nothing is left.
extension FaultTimeline {
    private static let proofPause = Duration.milliseconds(100)
    /// Long enough for a lease to end by itself.
    private static let proofPatience = Duration.seconds(Int(FaultTimeline.leaseMargin) + 2)

    /// A link may be busy with the load for so long.
    private static let speedPatience = Duration.seconds(10)

    func proveReverted() async {
        let paymentProblem = touchedPayment ? await paymentLeftover() : nil
        let brokerProblem = touchedBroker ? await brokerLeftover() : nil
        for fault in faults {
            let problem: String? =
                switch fault.spec.kind {
                case .link: await linkLeftover(fault)
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

    /// - Returns: nil when nothing is in force on the proxies that it hit, and each of their links is as fast as before.
    private func linkLeftover(_ fault: PlannedFault) async -> String? {
        guard let links, case .link(let link) = fault.spec.kind, var proxies = targets[fault.index] else { return nil }
        if proxies.isEmpty {
            // The list did not come then; it must now.
            do {
                proxies = try await links.proxies(link)
            } catch {
                return error.description
            }
        }
        var slowest: (before: Int64, after: Int64)?
        for proxy in proxies {
            let listed = await leftover { () async throws(FaultError) in try await links.leftover(on: proxy) }
            if let listed { return listed }
            guard let (probe, before) = probes[proxy] else { continue }
            let after: Int64
            do {
                after = try await measure(probe, before: before)
            } catch {
                return "\(error)"
            }
            guard after <= Self.tolerated(before) else {
                return "the way through \(proxy) takes \(after) us, and took \(before) us before"
            }
            if after > slowest?.after ?? -1 { slowest = (before, after) }
        }
        reports[fault.index].details["probeBeforeMicroseconds"] = slowest?.before
        reports[fault.index].details["probeAfterMicroseconds"] = slowest?.after
        return nil
    }

    /// The longest that a round may take afterwards: as fast as before, but for what a busy machine adds.
    private static func tolerated(_ before: Int64) -> Int64 { before * 3 + 10_000 }

    /// Measures until it is as fast as before, or patience is over; what is on its way still may come late once.
    private func measure(_ probe: LinkProbe, before: Int64) async throws -> Int64 {
        let deadline = ContinuousClock.now + Self.speedPatience
        while true {
            do {
                let after = try await probe.measure()
                if after <= Self.tolerated(before) || ContinuousClock.now >= deadline { return after }
            } catch {
                guard ContinuousClock.now < deadline else { throw error }
            }
            try? await Task.sleep(for: Self.proofPause)
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
