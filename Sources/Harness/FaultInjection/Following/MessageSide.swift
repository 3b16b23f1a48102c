/// One stream of a conversation: the message under way, and where it lies in the chunk that is being fed.
final class MessageSide {
    let stream: Stream
    /// Within a message.
    var isInside = false
    /// It is known what happens to it.
    var isDecided = false
    /// It is kept back until it is decided.
    var isHeld = false
    /// Rules can match it: they were there when it began.
    var isCaptured = false
    /// A part of it has passed undecided: nothing can be done to it any more.
    var hasLeaked = false
    /// A reply that belongs to the oldest exchange.
    var endsExchange = false
    /// A request that makes the upstream answer; its tag.
    var awaits: UInt64?
    var treatment = Treatment.plain
    /// Of the message, from earlier chunks: not yet decided, or collected.
    var kept: [UInt8] = []
    /// Up to here, bytes of this chunk have been handed on, or lost.
    var done = 0
    /// Where the message under way starts in this chunk.
    var start = 0

    init(_ stream: Stream) {
        self.stream = stream
    }

    var isBeingSwallowed: Bool { isInside && isDecided && treatment.isSwallowed }

    func begin(at offset: Int, held: Bool, captured: Bool) {
        isInside = true
        isDecided = false
        isHeld = held
        isCaptured = captured
        hasLeaked = false
        endsExchange = false
        awaits = nil
        treatment = .plain
        start = offset
    }
}
