import Contract
import NIOHTTP1

/// Injects the timeline's payment faults, through payment's own admin interface.
struct PaymentFaultDriver: Sendable {
    private static let path = "/api/admin/faults"

    let api: JSONCaller

    func put(_ faults: PaymentFaults) async throws(FaultError) {
        _ = try await api.call(.PUT, Self.path, faults, answer: PaymentFaultsBody.self)
    }

    /// The faults in force, and what faults have done since the last ``put(_:)``.
    func state() async throws(FaultError) -> PaymentFaultsBody {
        try await api.call(.GET, Self.path, answer: PaymentFaultsBody.self)
    }

    /// Ends all faults; the counters in the answer are final.
    func clear() async throws(FaultError) -> PaymentFaultsBody {
        try await api.call(.DELETE, Self.path, answer: PaymentFaultsBody.self)
    }
}
