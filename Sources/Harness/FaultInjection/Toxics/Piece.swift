/// A run of bytes on their way through a direction's toxics.
struct Piece: Equatable {
    var length: Int
    /// Nanoseconds of ``monotonicNow()``: it may not leave earlier.
    var due: UInt64
    /// Sent by a system call of its own, even when more is due.
    var isSealed = false
}
