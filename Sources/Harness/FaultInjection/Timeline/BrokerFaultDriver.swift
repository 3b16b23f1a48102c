import NIOHTTP1
import Scenario

/// Injects the timeline's Kafka faults, through the embedded broker's control port, which ends them by itself.
struct BrokerFaultDriver: Sendable {
    let api: JSONCaller

    private struct State: Decodable {
        struct Broker: Decodable {
            var id: Int
            var up: Bool
            var roundTripMilliseconds: Int
        }
        var brokers: [Broker]
    }

    /// - Returns: how many brokers then say that they are down, or slow.
    func apply(_ spec: BrokerFaultSpec, leaseSeconds: Double) async throws(FaultError) -> Int64 {
        for id in try await ids(spec) {
            switch spec.change {
            case .down:
                _ = try await api.call(.POST, "/brokers/\(id)/down?seconds=\(leaseSeconds)", answer: State.self)
            case .slow(let delay):
                let query = "ms=\(delay.milliseconds)&seconds=\(leaseSeconds)"
                _ = try await api.call(.PUT, "/brokers/\(id)/rtt?\(query)", answer: State.self)
            }
        }
        return try await affected(spec)
    }

    /// - Returns: how many of them were down, or slow, to the end.
    func revert(_ spec: BrokerFaultSpec) async throws(FaultError) -> Int64 {
        let effect = try await affected(spec)
        for id in try await ids(spec) {
            switch spec.change {
            case .down: _ = try await api.call(.POST, "/brokers/\(id)/up", answer: State.self)
            case .slow: _ = try await api.call(.PUT, "/brokers/\(id)/rtt?ms=0", answer: State.self)
            }
        }
        return effect
    }

    /// What brokers are still down or slow; nil when none is.
    func leftover() async throws(FaultError) -> String? {
        let left = try await state().brokers.filter { !$0.up || $0.roundTripMilliseconds > 0 }.map { "\($0.id)" }
        return left.isEmpty ? nil : "the brokers \(left.joined(separator: ", ")) are still down or slow"
    }

    private func affected(_ spec: BrokerFaultSpec) async throws(FaultError) -> Int64 {
        let ids = try await ids(spec)
        let count = try await state().brokers.count { broker in
            ids.contains(broker.id) && (spec.change == .down ? !broker.up : broker.roundTripMilliseconds > 0)
        }
        return Int64(count)
    }

    private func ids(_ spec: BrokerFaultSpec) async throws(FaultError) -> [Int] {
        spec.brokers.isEmpty ? try await state().brokers.map(\.id) : spec.brokers
    }

    private func state() async throws(FaultError) -> State { try await api.call(.GET, "/brokers", answer: State.self) }
}
