import Foundation
import Logging
import Scenario

/// Applies the scenario's faults when they are due, reverts them when they end, and proves at the end that none is left.
///
/// Each fault is a lease that its target ends by itself, a little after its time, if this process is gone.
///
/// One run: ``prepare()``, ``run(from:)``, and ``stop()`` to end early.
package actor FaultTimeline {
    /// Seconds by which a lease outlives its fault: time enough to revert it ourselves, in order.
    static let leaseMargin = 2.0
    private static let attempts = 3
    private static let pause = Duration.milliseconds(150)

    let faults: [PlannedFault]
    let links: LinkFaultDriver?
    let payment: PaymentFaultDriver?
    let broker: BrokerFaultDriver?
    let processes: ProcessFaultDriver?
    let seed: UInt64
    let logger: Logger
    private let onChange: @Sendable ([String]) -> Void

    var reports: [FaultReport]
    /// Indices of faults in force, in the order in which they started.
    var active: [Int] = []
    /// The proxies that a fault was sent to, whether or not it arrived, by fault; empty while they are not known.
    var targets: [Int: [String]] = [:]
    /// What was made of proxies, by fault.
    var injections: [Int: [LinkFaultDriver.Injection]] = [:]
    /// Something was sent, so something must be proven gone.
    var touchedPayment = false
    var touchedBroker = false
    /// Of processes that were killed, frozen or restarted: when they answer again, by fault.
    var recoveries: [Int: Task<Result<Int64, FaultError>, Never>] = [:]
    /// The ways to the links that are hit, by proxy, with how long a round took before, in microseconds.
    var probes: [String: (probe: LinkProbe, before: Int64)] = [:]
    private var isPrepared = false
    private var isStopped = false
    private var sleeper: Task<Void, Never>?
    private var start = ContinuousClock.now

    /// A timeline at rest: nothing happens before ``prepare()``.
    ///
    /// Payment draws from `seed`. `onChange` is told the descriptions of the faults in force whenever they change, on the
    /// timeline's executor.
    package init(
        faults: [FaultSpec],
        endpoints: FaultEndpoints,
        seed: UInt64,
        logger: Logger,
        onChange: @escaping @Sendable ([String]) -> Void
    ) {
        self.faults = FaultSpec.occurrences(of: faults, seed: seed).enumerated().map {
            PlannedFault(index: $0.offset, spec: $0.element)
        }
        let nonce = String(UInt64.random(in: 0...UInt64.max), radix: 36)
        links = endpoints.proxyURL.map { LinkFaultDriver(api: JSONCaller(baseURL: $0), nonce: nonce, seed: seed) }
        payment = endpoints.paymentURL.map {
            PaymentFaultDriver(api: JSONCaller(baseURL: $0, token: endpoints.paymentToken))
        }
        broker = endpoints.brokerURL.map { BrokerFaultDriver(api: JSONCaller(baseURL: $0)) }
        processes = endpoints.processes.map(ProcessFaultDriver.init)
        self.seed = seed
        self.logger = logger
        self.onChange = onChange
        reports = self.faults.map { FaultReport(description: $0.description, target: $0.spec.target) }
    }

    /// Measures the links that will be hit before anything is broken.
    ///
    /// Call it before the load starts; ``run(from:)`` does otherwise.
    package func prepare() async {
        guard !isPrepared else { return }
        isPrepared = true
        guard let links else { return }
        for fault in faults {
            guard case .link(let link) = fault.spec.kind else { continue }
            do {
                for proxy in try await links.proxies(link) where probes[proxy] == nil {
                    let probe = try await links.probe(link, through: proxy)
                    probes[proxy] = (probe, try await probe.measure())
                }
            } catch {
                reports[fault.index].note("before the fault: \(error)")
            }
        }
    }

    /// Returns when the last fault has ended, or the timeline was stopped, and everything is reverted.
    ///
    /// Cancelling the task is the same as ``stop()``: the faults are still reverted.
    /// The faults' times count from `start`. With `waitsForStop` the proof that nothing is left waits for ``stop()``, as the links are as
    /// fast as before only when the load is gone.
    package func run(from start: ContinuousClock.Instant, waitsForStop: Bool = false) async -> [FaultReport] {
        // A task of its own, because the calls that revert must not be cancelled with the caller.
        let work = Task { await perform(from: start, waitsForStop) }
        return await withTaskCancellationHandler {
            await work.value
        } onCancel: {
            Task { await stop() }
        }
    }

    /// Ends the timeline now: what is in force is reverted, what is not yet due is not applied.
    package func stop() {
        isStopped = true
        sleeper?.cancel()
    }

    /// Keeps every fault from being applied, with the reason in its report.
    package func withhold(because reason: String) {
        for fault in faults { reports[fault.index].note("not applied: \(reason)") }
        stop()
    }

    var now: Double { (ContinuousClock.now - start).seconds }

    func changed() {
        onChange(active.map { reports[$0].description })
    }

    /// Tries a few times, unless the timeline is being stopped.
    func attempt<T: Sendable>(_ body: @Sendable () async throws(FaultError) -> T) async throws(FaultError) -> T {
        for _ in 1..<Self.attempts {
            do {
                return try await body()
            } catch {
                logger.warning("fault call failed, trying again", metadata: ["error": "\(error)"])
                try? await Task.sleep(for: Self.pause)
            }
        }
        return try await body()
    }

    private func perform(from start: ContinuousClock.Instant, _ waitsForStop: Bool) async -> [FaultReport] {
        self.start = start
        await prepare()
        for edge in edges() {
            guard await wait(until: start + edge.at) else { break }
            let fault = faults[edge.index]
            switch edge.kind {
            case .start: await apply(fault)
            case .growth(let share): await grow(fault, share)
            case .end: await revert(fault)
            }
        }
        for index in active {
            await revert(faults[index])
        }
        for fault in faults where reports[fault.index].toSeconds == 0 && reports[fault.index].error == nil {
            reports[fault.index].note("not applied: the run ended before its time")
        }
        // A day is longer than any load.
        if waitsForStop { _ = await wait(until: .now + .seconds(86_400)) }
        await proveReverted()
        return reports
    }

    private struct Edge {
        enum Kind {
            case end
            case growth(share: Double)
            case start
        }
        let at: Duration
        let kind: Kind
        let index: Int

        /// At the same instant, ends come first.
        var rank: Int {
            switch kind {
            case .end: 0
            case .growth: 1
            case .start: 2
            }
        }
    }

    /// All beginnings, steps and ends in order of time.
    private func edges() -> [Edge] {
        let edges = faults.flatMap { fault in
            [
                Edge(at: fault.from, kind: .start, index: fault.index),
                Edge(at: fault.to, kind: .end, index: fault.index),
            ]
                + fault.growth.map { Edge(at: $0.at, kind: .growth(share: $0.share), index: fault.index) }
        }
        return edges.sorted { one, two in
            // What is over in an instant ends after it has begun.
            if one.at == two.at, one.index == two.index { return one.rank > two.rank }
            return (one.at, one.rank, one.index) < (two.at, two.rank, two.index)
        }
    }

    /// - Returns: false when the timeline was stopped.
    private func wait(until instant: ContinuousClock.Instant) async -> Bool {
        guard !isStopped else { return false }
        let sleeper: Task<Void, Never> = Task {
            // A cancelled sleep is how ``stop()`` ends it.
            try? await Task.sleep(until: instant, clock: .continuous)
        }
        self.sleeper = sleeper
        await sleeper.value
        return !isStopped
    }
}
