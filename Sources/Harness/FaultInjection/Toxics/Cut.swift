/// A connection's end by a fault.
struct Cut: Equatable {
    /// Nanoseconds of ``monotonicNow()``.
    var due: UInt64
    /// With RST instead of FIN.
    var resets = false
    /// What is queued in this direction is delivered first.
    var delivers = false
}
