/// What an executor wants done now.
enum LoadAction: Equatable {
    /// The user begins an iteration that was due then (ns since the load's start); he is made if he is not there yet.
    case iterate(user: Int, index: UInt64, due: UInt64)
    /// The user's iteration is cut off.
    case interrupt(user: Int)
    /// An arrival found no free user.
    case drop
}

/// What a user does whose iteration has ended.
enum AfterIteration: Equatable {
    /// He goes on with the iteration of this index.
    case iterate(index: UInt64)
    /// He waits for the next arrival.
    case rest
    case leave
}

/// One thread's part of an executor: a state machine that knows only time, in ns since the load's start.
///
/// ```
///            advance: iterate                 ended: leave, rest
/// (no user) ─────────────────▶ in iteration ─────────────────────▶ (no user, or free)
///                                │      ▲ ended: iterate
///                                └──────┘
/// in iteration ── advance: interrupt (ramped down), or the load's hard end ──▶ (no user)
/// ```
protocol LoadPlan {
    /// No iteration begins from then on.
    var end: UInt64 { get }
    /// When ``advance(_:_:)`` has something to do; `.max` when nothing is left.
    var nextMoment: UInt64 { get }
    /// Adds what is due by now, at most ``LoadPlanLimit/batch`` actions.
    mutating func advance(_ now: UInt64, _ actions: inout [LoadAction])
    mutating func ended(user: Int, now: UInt64) -> AfterIteration
    /// The user is gone without having ended his iteration.
    mutating func lost(user: Int)
    /// Iterations that were to be made and were not, once the load is over.
    func unstarted() -> UInt64
}

enum LoadPlanLimit {
    /// Actions in one round of the loop: replies are not kept waiting for a burst.
    static let batch = 256
}
