/// A rule in force, or one that was: its counts outlive it.
///
/// Confined to the relay's thread.
final class RuleRecord {
    /// Never used again by this process, unlike the name; toxics and rules share the numbers.
    let id: Int
    let proxy: String
    let definition: RuleDefinition
    let seed: UInt64
    /// When it ends by itself, in nanoseconds of ``monotonicNow()``.
    let leaseEnd: UInt64
    var isActive = true
    /// Messages that it meant, of those that passed while it was in force.
    private(set) var matched: UInt64 = 0
    /// Of these, the ones that it did something to.
    var applied: UInt64 = 0
    /// Connections, or messages, that it could not look into, by reason.
    private(set) var unseen: [String: UInt64] = [:]
    var random: SplitMix64

    init(id: Int, proxy: String, definition: RuleDefinition, seed: UInt64, leaseEnd: UInt64) {
        self.id = id
        self.proxy = proxy
        self.definition = definition
        self.seed = seed
        self.leaseEnd = leaseEnd
        random = SplitMix64(seed: seed)
    }

    /// Counts a message that it means.
    /// - Returns: whether this is one to act on.
    func decide() -> Bool {
        matched += 1
        return definition.schedule.isDue(match: matched, &random)
    }

    func countUnseen(_ reason: String) {
        unseen[reason, default: 0] += 1
    }
}
