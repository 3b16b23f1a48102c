/// A rule, or an outage, in the API's answers, and an element of `GET /chaos/v1/rules`.
package struct RuleBody: Sendable, Codable, Equatable {
    /// Never used again by this process, unlike the name.
    package var id: Int
    package var name: String
    package var proxy: String
    /// `delay`, `error`, `drop`, `reset`, `blackhole`, `slice`, `corrupt`, `throttle`, `duplicate`; of outages `down`.
    package var act: String
    /// `request` or `reply`; absent for outages.
    package var place: String?
    package var active: Bool
    /// Left of the lease; absent once it has ended.
    package var leaseSeconds: Double?
    /// What its draws come from.
    package var seed: UInt64?
    /// Messages that it meant; of `down` connections.
    package var matched: UInt64
    /// Of these, the ones that it did something to.
    package var applied: UInt64
    /// What it could not look into, by reason: connections (`TLS`, `compression`, …) or messages.
    package var unseen: [String: UInt64]

    enum CodingKeys: String, CodingKey {
        case id, name, proxy, act
        case place = "where"
        case active, leaseSeconds, seed, matched, applied, unseen
    }
}
