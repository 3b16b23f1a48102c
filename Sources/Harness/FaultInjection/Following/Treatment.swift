/// What happens to the message under way.
struct Treatment {
    /// A message that must be whole before something can be done to it.
    enum Collecting {
        case corrupt(draw: UInt64)
        case duplicate
    }

    static var plain: Treatment { Treatment() }

    var isSwallowed = false
    var collecting: Collecting?
    /// The dialect has something to change in the reply to that request.
    var rewriting: UInt64?
    var shaping: Shaping?
    /// That counts what is done once the message is whole.
    var rule: RuleRecord?

    var isPlain: Bool { !isSwallowed && !needsWhole && shaping == nil }
    var needsWhole: Bool { collecting != nil || rewriting != nil }
}

/// When the bytes of a message leave, and in what pieces.
struct Shaping {
    /// Nanoseconds.
    var delay: UInt64 = 0
    var toxic: (any Toxic)?
    var random: SplitMix64
    private var state = ToxicState(since: 0)

    init(delay: UInt64 = 0, toxic: (any Toxic)? = nil, random: SplitMix64) {
        self.delay = delay
        self.toxic = toxic
        self.random = random
    }

    mutating func pieces(_ length: Int, at now: UInt64) -> [Piece] {
        let piece = Piece(length: length, due: now &+ delay)
        guard let toxic else { return [piece] }
        var pieces: [Piece] = []
        _ = toxic.pass(piece, &state, &random, into: &pieces)
        return pieces
    }
}
