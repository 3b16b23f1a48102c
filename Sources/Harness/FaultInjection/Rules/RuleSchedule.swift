/// Which of the messages that a rule matches it acts on.
enum RuleSchedule: Sendable, Equatable {
    case always
    /// Messages are counted from 1.
    case nth(UInt64)
    case every(UInt64)
    /// The first so many.
    case times(UInt64)
    /// 0…1, drawn for each message from the rule's generator.
    case probability(Double)

    /// Whether to act on the latest match, with which so many messages have matched.
    func isDue(match: UInt64, _ random: inout SplitMix64) -> Bool {
        switch self {
        case .always: true
        case .nth(let n): match == n
        case .every(let n): match % n == 0
        case .times(let n): match <= n
        case .probability(let p): random.unit() < p
        }
    }
}
