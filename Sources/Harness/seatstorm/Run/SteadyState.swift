import Environment
import Scenario
import Verification

/// Watches over `steady-state:`: a purchase before, during and after what is broken.
actor SteadyState {
    private let spec: SteadyStateSpec
    private let probe: PurchaseProbe
    private var before: String?
    private var after: String?
    private var succeeded = 0
    private var failed = 0

    private init(_ spec: SteadyStateSpec, _ probe: PurchaseProbe) {
        self.spec = spec
        self.probe = probe
    }

    /// Nil when the scenario asks for none.
    static func make(_ scenario: Scenario, _ target: TargetSuite) async throws -> SteadyState? {
        guard let spec = scenario.steadyState else { return nil }
        let gateway = target.addresses.gateway
        return SteadyState(spec, try await PurchaseProbe.make(gateway: gateway, tokens: target.tokens))
    }

    /// - Returns: why nothing may be broken; nil when the suite is well.
    func checkBefore() async -> String? {
        do {
            before = "\(try await probe.purchase(within: spec.within).formatted())"
            return nil
        } catch {
            return "the steady state: \(error)"
        }
    }

    /// Buys again and again until it is cancelled.
    func watch() async {
        while !Task.isCancelled {
            try? await Task.sleep(for: spec.every)
            guard !Task.isCancelled else { return }
            do {
                _ = try await probe.purchase(within: spec.within)
                succeeded += 1
            } catch {
                failed += 1
            }
        }
    }

    /// - Returns: what is not as it was; nil when the suite is well again.
    func checkAfter() async -> String? {
        do {
            let took = try await probe.purchaseEventually(within: spec.within, patience: .seconds(Progress.resumption))
            after = "\(took.formatted())"
            return nil
        } catch {
            return "the steady state after the faults: \(error)"
        }
    }

    /// For reports.
    var summary: String {
        "a purchase took \(before ?? "-") before, \(after ?? "-") after; meanwhile \(succeeded) succeeded, \(failed) did not"
    }
}

extension Duration {
    fileprivate func formatted() -> String { "\(Int((self / .milliseconds(1)).rounded())) ms" }
}
