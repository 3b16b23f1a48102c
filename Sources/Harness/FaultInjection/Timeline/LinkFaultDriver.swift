import Foundation
import NIOHTTP1
import Scenario

/// Injects the timeline's faults of links, as leased toxics, outages and rules of the proxies before them.
///
/// The proxy of a link is called `SERVICE-TARGET`, such as `order-mysql`; one that all services share, `TARGET`.
struct LinkFaultDriver: Sendable {
    /// What a fault made of one proxy, and where its counters are.
    struct Injection: Sendable {
        var proxy: String
        /// Of the toxic's record, or of the rule's or outage's.
        var record: Int
        var isToxic: Bool
    }

    /// What faults did.
    struct Count: Sendable {
        var matched: Int64 = 0
        var applied: Int64 = 0
        var bytes: Int64 = 0
        var connections: Int64 = 0
    }

    let api: JSONCaller
    /// In the name of each toxic, outage and rule, so that two runs on one proxy do not take each other's for their own.
    let nonce: String
    let seed: UInt64

    func name(_ fault: PlannedFault) -> String {
        "seatstorm-\(nonce)-\(fault.index + 1)"
    }

    /// What the fault draws from on that proxy: another for each of them, the same whenever the run is repeated.
    private func faultSeed(_ fault: PlannedFault, on proxy: String) -> Int64 {
        var draw = SplitMix64(seed: seed, UInt64(fault.index), seedPart(proxy))
        // 53 bits, so that every JSON reader gets the same number.
        return Int64(draw.next() >> 11)
    }

    /// The proxies before the links that are meant, in the order of their names.
    /// - Throws: ``FaultError`` also when there is none.
    func proxies(_ link: LinkFaultSpec) async throws(FaultError) -> [String] {
        let all = try await api.call(.GET, "/proxies", answer: [String: ProxyBody].self).keys.sorted()
        let target = link.target.rawValue
        let meant = all.filter { name in
            link.from.map { name == "\($0)-\(target)" } ?? (name == target || name.hasSuffix("-\(target)"))
        }
        guard meant.isEmpty else { return meant }
        let wanted = (link.from.map { "\($0)-" } ?? "") + target
        throw FaultError("there is no proxy \(wanted) in this environment; it has \(all.joined(separator: ", "))")
    }

    /// Puts the fault in force on one proxy.
    func apply(
        _ fault: PlannedFault,
        _ effect: LinkFaultSpec.Effect,
        to proxy: String,
        leaseSeconds: Double
    ) async throws(FaultError) -> Injection {
        let base = "/chaos/v1/proxies/\(proxy)"
        let lease = JSONValue.number(leaseSeconds)
        switch effect {
        case .toxic(let toxic):
            let body: [String: JSONValue] = [
                "name": .string(name(fault)), "type": .string(toxic.type),
                "stream": .string(toxic.direction.rawValue), "toxicity": .number(toxic.toxicity),
                "attributes": .object(fault.attributes(of: toxic, at: 0).mapValues { .integer($0) }),
                "leaseSeconds": lease, "seed": .integer(faultSeed(fault, on: proxy)),
            ]
            let id = try await create(fault, "\(base)/toxics", body, LeaseBody.self, proxy, isToxic: true)
            return Injection(proxy: proxy, record: id, isToxic: true)
        case .down:
            let body: [String: JSONValue] = ["name": .string(name(fault)), "leaseSeconds": lease]
            let id = try await create(fault, "\(base)/down", body, RuleBody.self, proxy, isToxic: false)
            return Injection(proxy: proxy, record: id, isToxic: false)
        case .partition(let direction):
            // Toxiproxy's own: nothing passes, and the connection stays open.
            let timeout = ToxicSpec(type: TimeoutToxic.type, direction: direction, attributes: ["timeout": 0])
            return try await apply(fault, .toxic(timeout), to: proxy, leaseSeconds: leaseSeconds)
        case .rule(let rule):
            let seed = faultSeed(fault, on: proxy)
            let body = RuleRequest.body(rule, name: name(fault), seed: seed, leaseSeconds: leaseSeconds)
            let id = try await create(fault, "\(base)/rules", body, RuleBody.self, proxy, isToxic: false)
            return Injection(proxy: proxy, record: id, isToxic: false)
        }
    }

    /// Lets a fault that grows grow: `share` of its ramp is over.
    func grow(_ fault: PlannedFault, _ toxic: ToxicSpec, on proxy: String, share: Double) async throws(FaultError) {
        let path = "/proxies/\(proxy)/toxics/\(name(fault))"
        let attributes = fault.attributes(of: toxic, at: share).mapValues { JSONValue.integer($0) }
        let reply = try await api.call(.POST, path, ["attributes": attributes])
        guard reply.status == 200 else { throw api.unexpected(.POST, path, reply) }
    }

    /// Fine too if the lease has ended it already.
    func revert(_ fault: PlannedFault, _ effect: LinkFaultSpec.Effect, on proxy: String) async throws(FaultError) {
        let base = "/chaos/v1/proxies/\(proxy)"
        let path =
            switch effect {
            case .toxic, .partition: "/proxies/\(proxy)/toxics/\(name(fault))"
            case .down: "\(base)/down/\(name(fault))"
            case .rule: "\(base)/rules/\(name(fault))"
            }
        let reply = try await api.call(.DELETE, path)
        guard reply.status == 204 || reply.status == 404 else { throw api.unexpected(.DELETE, path, reply) }
    }

    /// What the fault did on all its proxies.
    func count(_ injections: [Injection]) async throws(FaultError) -> Count {
        var count = Count()
        if injections.contains(where: \.isToxic) {
            let records = try await toxicRecords()
            for injection in injections where injection.isToxic {
                guard let record = records.first(where: { $0.id == injection.record }) else {
                    throw forgotten(injection)
                }
                // A toxic that ends connections may do so before anything is sent on them: then these are what it met.
                let counters = record.counters
                count.matched += Int64(clamping: max(counters.matchedChunks, counters.matchedConnections))
                count.applied += Int64(clamping: max(counters.appliedChunks, counters.appliedConnections))
                count.bytes += Int64(clamping: record.bytes)
                count.connections += Int64(clamping: counters.matchedConnections)
            }
        }
        if injections.contains(where: { !$0.isToxic }) {
            let records = try await ruleRecords()
            for injection in injections where !injection.isToxic {
                guard let record = records.first(where: { $0.id == injection.record }) else {
                    throw forgotten(injection)
                }
                count.matched += Int64(clamping: record.matched)
                count.applied += Int64(clamping: record.applied)
            }
        }
        return count
    }

    /// What is in force on the proxy, whoever did it; nil when nothing is.
    func leftover(on proxy: String) async throws(FaultError) -> String? {
        let body = try await api.call(.GET, "/proxies/\(proxy)", answer: ProxyBody.self)
        guard body.enabled else { return "proxy \(proxy) is still down" }
        if !body.toxics.isEmpty {
            return "proxy \(proxy) still has the toxics \(body.toxics.map(\.name).joined(separator: ", "))"
        }
        let rules = try await ruleRecords().filter { $0.active && $0.proxy == proxy }
        return rules.isEmpty ? nil : "proxy \(proxy) still has the rules \(rules.map(\.name).joined(separator: ", "))"
    }

    /// A way to see whether the link is there, and how fast.
    func probe(_ link: LinkFaultSpec, through proxy: String) async throws(FaultError) -> LinkProbe {
        let listen = try await api.call(.GET, "/proxies/\(proxy)", answer: ProxyBody.self).listen
        guard let endpoint = Endpoint(listen) else {
            throw FaultError("proxy \(proxy) listens on \"\(listen)\", which is not host:port")
        }
        return LinkProbe(proxy: proxy, endpoint: endpoint, target: link.target)
    }

    /// Posts, and gets the id of the record from the answer.
    private func create<Answer: Decodable & RecordNaming>(
        _ fault: PlannedFault,
        _ path: String,
        _ body: [String: JSONValue],
        _ answer: Answer.Type,
        _ proxy: String,
        isToxic: Bool
    ) async throws(FaultError) -> Int {
        let reply = try await api.call(.POST, path, body)
        if reply.status == 409, let id = try await active(name(fault), proxy, isToxic) {
            // An earlier attempt did arrive, only its answer did not.
            return id
        }
        guard reply.status == 200, let made = try? JSONDecoder().decode(Answer.self, from: reply.body) else {
            throw api.unexpected(.POST, path, reply)
        }
        return made.id
    }

    private func active(_ name: String, _ proxy: String, _ isToxic: Bool) async throws(FaultError) -> Int? {
        if isToxic {
            return try await toxicRecords().last { $0.toxic == name && $0.proxy == proxy && $0.active }?.id
        }
        return try await ruleRecords().last { $0.name == name && $0.proxy == proxy && $0.active }?.id
    }

    private func forgotten(_ injection: Injection) -> FaultError {
        FaultError("the proxy no longer knows record \(injection.record) of \(injection.proxy): was it restarted?")
    }

    private func toxicRecords() async throws(FaultError) -> [ToxicRecordBody] {
        try await api.call(.GET, "/chaos/v1/toxics", answer: [ToxicRecordBody].self)
    }

    private func ruleRecords() async throws(FaultError) -> [RuleBody] {
        try await api.call(.GET, "/chaos/v1/rules", answer: [RuleBody].self)
    }
}

/// An answer that names a record.
private protocol RecordNaming {
    var id: Int { get }
}

extension LeaseBody: RecordNaming {}
extension RuleBody: RecordNaming {}
