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
        var proofs: [String: LinkProof] = [:]
        for fault in faults {
            let problem: String? =
                switch fault.spec.kind {
                case .link: await linkLeftover(fault, &proofs)
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

    /// What is left on one proxy.
    private struct LinkProof {
        var problem: String?
        /// How long a round took before and takes now, in microseconds; nil where it was not measured.
        var rounds: (before: Int64, after: Int64)?
    }

    /// Looks only at proxies that are not among `proofs` yet.
    ///
    /// - Returns: nil when nothing is in force on the proxies that it hit, and each of their links is as fast as before.
    private func linkLeftover(_ fault: PlannedFault, _ proofs: inout [String: LinkProof]) async -> String? {
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
            let proof: LinkProof
            if let known = proofs[proxy] { proof = known } else { proof = await prove(proxy, links) }
            proofs[proxy] = proof
            if let problem = proof.problem { return problem }
            if let rounds = proof.rounds, rounds.after > slowest?.after ?? -1 { slowest = rounds }
        }
        reports[fault.index].details["probeBeforeMicroseconds"] = slowest?.before
        reports[fault.index].details["probeAfterMicroseconds"] = slowest?.after
        return nil
    }

    private func prove(_ proxy: String, _ links: LinkFaultDriver) async -> LinkProof {
        let listed = await leftover { () async throws(FaultError) in try await links.leftover(on: proxy) }
        if let listed { return LinkProof(problem: listed) }
        guard let (probe, before) = probes[proxy] else { return LinkProof() }
        do {
            let after = try await measure(probe, before: before)
            let problem =
                after > Self.tolerated(before)
                ? "the way through \(proxy) takes \(after) us, and took \(before) us before" : nil
            return LinkProof(problem: problem, rounds: (before, after))
        } catch {
            return LinkProof(problem: "\(error)")
        }
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
