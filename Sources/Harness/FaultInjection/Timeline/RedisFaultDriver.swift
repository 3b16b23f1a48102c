import Contract
import Foundation
import NIOHTTP1
import Scenario

/// Injects the timeline's Redis faults, as leased toxics of the proxy before Redis.
struct RedisFaultDriver: Sendable {
    let api: JSONCaller
    let proxy: String
    /// In the name of each toxic, so that two runs on one proxy do not take each other's for their own.
    let nonce: String

    private struct LeaseRequest: Encodable, Sendable {
        var name: String
        var type: String
        var stream: Stream
        var toxicity: Double
        var attributes: [String: Int64]
        var leaseSeconds: Double
    }

    func name(_ fault: PlannedFault) -> String {
        "seatstorm-\(nonce)-\(fault.index + 1)"
    }

    /// - Returns: the id of the record that holds the counters.
    func apply(_ fault: PlannedFault, _ redis: RedisFaultSpec, leaseSeconds: Double) async throws(FaultError) -> Int {
        let path = "/chaos/v1/proxies/\(proxy)/toxics"
        let request = LeaseRequest(
            name: name(fault),
            type: LatencyToxic.type,
            stream: .downstream,
            toxicity: 1,
            attributes: ["latency": redis.latency.milliseconds, "jitter": redis.jitter.milliseconds],
            leaseSeconds: leaseSeconds
        )
        let reply = try await api.call(.POST, path, request)
        if reply.status == 409 {
            // An earlier attempt did arrive, only its answer did not.
            guard let record = try await records().last(where: { $0.toxic == request.name && $0.active }) else {
                throw api.unexpected(.POST, path, reply)
            }
            return record.id
        }
        guard reply.status == 200, let lease = try? JSONDecoder().decode(LeaseBody.self, from: reply.body) else {
            throw api.unexpected(.POST, path, reply)
        }
        return lease.id
    }

    /// Fine too if the lease has ended it already.
    func revert(_ fault: PlannedFault) async throws(FaultError) {
        let path = "/proxies/\(proxy)/toxics/\(name(fault))"
        let reply = try await api.call(.DELETE, path)
        guard reply.status == 204 || reply.status == 404 else { throw api.unexpected(.DELETE, path, reply) }
    }

    func record(_ id: Int) async throws(FaultError) -> ToxicRecordBody {
        guard let record = try await records().first(where: { $0.id == id }) else {
            throw FaultError("the proxy no longer knows toxic record \(id): was it restarted?")
        }
        return record
    }

    /// The names of the toxics in force on the proxy, whoever made them.
    func toxicsInForce() async throws(FaultError) -> [String] {
        try await api.call(.GET, "/proxies/\(proxy)/toxics", answer: [ToxicBody].self).map(\.name)
    }

    /// Where clients of Redis connect to.
    func listener() async throws(FaultError) -> Endpoint {
        let listen = try await api.call(.GET, "/proxies/\(proxy)", answer: ProxyBody.self).listen
        guard let endpoint = Endpoint(listen) else {
            throw FaultError("proxy \(proxy) listens on \"\(listen)\", which is not host:port")
        }
        return endpoint
    }

    private func records() async throws(FaultError) -> [ToxicRecordBody] {
        try await api.call(.GET, "/chaos/v1/toxics", answer: [ToxicRecordBody].self)
    }
}
