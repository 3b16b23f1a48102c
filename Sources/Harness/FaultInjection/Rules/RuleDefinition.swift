/// A rule as it was asked for.
struct RuleDefinition: Sendable {
    /// Where in the exchange a rule acts.
    enum Place: String, Sendable, Codable, CaseIterable {
        /// Before the request is forwarded.
        case request
        /// After the upstream has answered: the request was carried out.
        case reply

        var stream: Stream { self == .request ? .upstream : .downstream }
    }

    let name: String
    let match: RuleMatch
    let schedule: RuleSchedule
    let place: Place
    let act: RuleAct
    let leaseSeconds: Double
    /// Nil: derived from the relay's.
    let seed: UInt64?
}
