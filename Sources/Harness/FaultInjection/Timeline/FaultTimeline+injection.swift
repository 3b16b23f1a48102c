import Contract
import Logging
import Scenario

/// Applying and reverting one fault. Whatever fails is noted in its report.
extension FaultTimeline {
    func apply(_ fault: PlannedFault) async {
        do {
            switch fault.spec.kind {
            case .link(let spec): try await apply(fault, spec)
            case .payment: try await changePayment(to: active + [fault.index], starting: fault)
            case .process(let spec): try await apply(fault, spec)
            case .broker(let spec): try await apply(fault, spec)
            }
            begin(fault)
            logger.info("fault applied", metadata: ["fault": "\(fault.description)"])
        } catch {
            reports[fault.index].note("applying it: \(error)")
            logger.error("fault not applied", metadata: ["fault": "\(fault.description)", "error": "\(error)"])
            await undo(fault)
        }
    }

    func grow(_ fault: PlannedFault, _ share: Double) async {
        guard active.contains(fault.index), case .link(let link) = fault.spec.kind,
            case .toxic(let toxic) = link.effect,
            let links
        else { return }
        do {
            for injection in injections[fault.index] ?? [] {
                try await links.grow(fault, toxic, on: injection.proxy, share: share)
            }
        } catch {
            reports[fault.index].note("growing it: \(error)")
        }
    }

    func revert(_ fault: PlannedFault) async {
        guard active.contains(fault.index) else { return }
        do {
            switch fault.spec.kind {
            case .link(let spec): try await revert(fault, spec)
            case .payment:
                try await changePayment(to: active.filter { $0 != fault.index }, starting: nil)
            case .process(let spec): try await revert(fault, spec)
            case .broker(let spec):
                guard let broker else { break }
                count(try await attempt { () async throws(FaultError) in try await broker.revert(spec) }, for: fault)
            }
            logger.info("fault reverted", metadata: ["fault": "\(fault.description)"])
        } catch {
            reports[fault.index].note("reverting it: \(error)")
            logger.error("fault not reverted", metadata: ["fault": "\(fault.description)", "error": "\(error)"])
        }
        active.removeAll { $0 == fault.index }
        reports[fault.index].toSeconds = now
        changed()
    }

    /// Takes note that the fault is in force from now on.
    private func begin(_ fault: PlannedFault) {
        guard !active.contains(fault.index) else { return }
        active.append(fault.index)
        reports[fault.index].fromSeconds = now
        reports[fault.index].toSeconds = now
        changed()
    }

    /// How long its target keeps the fault in force, whatever becomes of this process.
    private func lease(_ fault: PlannedFault) -> Double { max(0, fault.to.seconds - now) + Self.leaseMargin }

    private func apply(_ fault: PlannedFault, _ spec: ProcessFaultSpec) async throws(FaultError) {
        guard let processes else { throw FaultError("this environment's processes are not ours to \(spec.action)") }
        // An orderly end takes its time, in which the service is away already.
        if spec.action == .restart { begin(fault) }
        // Not attempted again: whoever was killed once would be killed twice.
        let count = try await processes.apply(spec, leaseSeconds: lease(fault))
        reports[fault.index].matched = count
        reports[fault.index].applied = count
    }

    private func revert(_ fault: PlannedFault, _ spec: ProcessFaultSpec) async throws(FaultError) {
        guard let processes else { return }
        // Whether it answers again matters most when it could not be restored.
        defer { recoveries[fault.index] = processes.recovery(spec) }
        let count = try await processes.revert(spec)
        if let count { self.count(count, for: fault) }
    }

    private func apply(_ fault: PlannedFault, _ spec: BrokerFaultSpec) async throws(FaultError) {
        guard let broker else { throw FaultError("this environment has no embedded broker") }
        touchedBroker = true
        let lease = lease(fault)
        let count = try await attempt { () async throws(FaultError) in
            try await broker.apply(spec, leaseSeconds: lease)
        }
        reports[fault.index].matched = count
        reports[fault.index].applied = count
    }

    /// What was not gone, stopped or down to the end does not count.
    private func count(_ count: Int64, for fault: PlannedFault) {
        reports[fault.index].matched = min(reports[fault.index].matched, count)
        reports[fault.index].applied = reports[fault.index].matched
    }

    private func apply(_ fault: PlannedFault, _ spec: LinkFaultSpec) async throws(FaultError) {
        guard let links else { throw FaultError("there is no fault proxy in this environment") }
        let lease = lease(fault)
        targets[fault.index] = []
        let proxies = try await attempt { () async throws(FaultError) in try await links.proxies(spec) }
        targets[fault.index] = proxies
        for proxy in proxies {
            let injection = try await attempt { () async throws(FaultError) in
                try await links.apply(fault, spec.effect, to: proxy, leaseSeconds: lease)
            }
            injections[fault.index, default: []].append(injection)
        }
    }

    private func revert(_ fault: PlannedFault, _ spec: LinkFaultSpec) async throws(FaultError) {
        guard let links else { return }
        // On all that it was sent to: an attempt may have arrived whose answer did not.
        for proxy in targets[fault.index] ?? [] {
            try await attempt { () async throws(FaultError) in
                try await links.revert(fault, spec.effect, on: proxy)
            }
        }
        guard let injections = injections[fault.index] else { return }
        let count = try await attempt { () async throws(FaultError) in try await links.count(injections) }
        reports[fault.index].matched = count.matched
        reports[fault.index].applied = count.applied
        if injections.contains(where: \.isToxic) {
            reports[fault.index].details["bytes"] = count.bytes
            reports[fault.index].details["connections"] = count.connections
        }
    }

    /// After a failed attempt nobody knows what arrived.
    ///
    /// The lease would end it; this does so at once.
    private func undo(_ fault: PlannedFault) async {
        do {
            switch fault.spec.kind {
            case .link(let spec): try await revert(fault, spec)
            case .payment: try await changePayment(to: active, starting: nil)
            case .process(let spec): try await revert(fault, spec)
            case .broker(let spec): _ = try await broker?.revert(spec)
            }
        } catch {
            reports[fault.index].note("undoing the attempt: \(error)")
        }
    }

    /// Counts what the present set of faults did, then puts the next set in its place.
    private func changePayment(to wanted: [Int], starting: PlannedFault?) async throws(FaultError) {
        guard let payment else { throw FaultError("the payment service of this environment is not known") }
        let isPayment = { (index: Int) in if case .payment = self.faults[index].spec.kind { true } else { false } }
        let present = active.filter(isPayment)
        let next = wanted.filter(isPayment)
        if next.isEmpty {
            guard touchedPayment else { return }
            count(try await attempt { () async throws(FaultError) in try await payment.clear() }, for: present)
            return
        }
        // Made before anything is changed, so that a fault that cannot be expressed leaves the others alone.
        let ttl = max(0, (next.map { faults[$0].to.seconds }.max() ?? 0) - now) + Self.leaseMargin
        let specs: [PaymentFaultSpec] = next.compactMap {
            if case .payment(let spec) = faults[$0].spec.kind { spec } else { nil }
        }
        let merged = try PaymentMerge.merge(specs, seed: seed, ttlSeconds: ttl)
        if !present.isEmpty {
            count(try await attempt { () async throws(FaultError) in try await payment.state() }, for: present)
        }
        touchedPayment = true
        try await attempt { () async throws(FaultError) in try await payment.put(merged) }
    }

    /// Adds what was done since the last change to each fault that was in force meanwhile.
    private func count(_ body: PaymentFaultsBody, for present: [Int]) {
        for index in present {
            guard case .payment(let spec) = faults[index].spec.kind else { continue }
            reports[index].matched += body.matched
            for (name, count) in [("delayed", body.delayed), ("failed", body.failed), ("broken", body.broken)] {
                reports[index].details[name, default: 0] += count
            }
            let delayed = spec.delay == nil ? 0 : reports[index].details["delayed", default: 0]
            let failed = spec.fail == 0 ? 0 : reports[index].details["failed", default: 0]
            let breaks = spec.error > 0 || spec.hang > 0 || spec.dropReply > 0
            let broken = breaks ? reports[index].details["broken", default: 0] : 0
            // One authorization may be several of them.
            reports[index].applied = max(delayed, failed, broken)
        }
    }
}
