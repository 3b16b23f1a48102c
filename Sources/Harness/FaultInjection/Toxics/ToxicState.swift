/// What a toxic remembers of one direction of one connection; times are nanoseconds of ``monotonicNow()``.
struct ToxicState {
    /// When it came into force here.
    var since: UInt64
    /// When the wire has carried all that came before.
    var busyUntil: UInt64 = 0
    /// Bytes let through.
    var passed: Int64 = 0
    /// Bytes were lost here: the stream cannot be healed any more.
    var hasLost = false
}
