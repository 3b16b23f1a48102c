import Scenario

/// A virtual user: a place in a program, a few slots and a random generator.
///
/// ```
/// preparing ─ connected, warmed ─▶ ready ─ barrier ─▶ requesting ◀─▶ waiting (think, poll) ─▶ gone
///                                    constant-vus starts here ▲          └─ next iteration ─▶ runnable
/// ```
struct VirtualUser {
    enum State: UInt8 {
        /// The slab's element belongs to nobody.
        case gone
        /// An unmeasured request is under way.
        case preparing
        /// Prepared, before the barrier.
        case ready
        /// To be moved on in the next round of the loop.
        case runnable
        case requesting
        /// A timer moves him on: a pause, the next poll, or another attempt.
        case waiting
        /// His lanes have requests under way.
        case joining
        /// At a rendezvous.
        case meeting
        /// Waits for a reply of Redis.
        case asking
    }

    var state = State.gone
    /// Index into the scenario's loads.
    var load = 0
    /// From 0; 0 outside storms.
    var wave = 0
    /// Index within the load, and in a storm within the wave.
    var number = 0
    var name: [UInt8] = []
    /// Header line that says who he is.
    var identity: [UInt8] = []
    /// Of the transport.
    var connection = -1
    var random = SplitMix64(seed: 0)
    /// Whose random numbers his iteration draws: his own, or -1 where they go with the iteration alone.
    var draws = 0
    /// Of his iteration: within his own, or within the load's where ``draws`` is -1.
    var index = 0
    var place = 0
    var iteration = 0
    var slots: [Value] = []
    /// Of the last reply; 0 before the first and after a transport error.
    var status: Int32 = 0
    /// Whether the exchange holds the reply to his last request.
    var hasReply = false
    var iterationStartedAt: UInt64 = 0
    /// The request under way, or prepared.
    var plan: RequestPlan?
    /// When the request under way was due.
    var due: UInt64 = 0
    /// When the schedule wanted it; differs from `due` when a wave is released late.
    var scheduled: UInt64 = 0
    var isFirstRequest = true
    var phase = Phase.steady
    /// Values of the request's own tags that are expressions: a place in the thread's table of such sets, 0 for none.
    var tagSet = 0
    /// When the poll's first request was sent; 0 outside polls.
    var pollStartedAt: UInt64 = 0
    var pollLastAt: UInt64 = 0
    /// When his last order was accepted; 0 if none is open.
    var orderAcceptedAt: UInt64 = 0
    var isRecorded = false
    /// How often the request under way has been sent again.
    var repetitions = 0
    /// Places of the users that send his parallel requests; kept for the next ones.
    var lanes: [Int] = []
    var parallel = ParallelProgress()
    /// Of a lane: whose it is; -1 for everybody else.
    var parent = -1
    /// Of a lane: which request of the list it has.
    var request = 0
    var gathering: Gathering?
    /// Tells his command for Redis from those before.
    var ticket: UInt64 = 0
    /// The stream that he holds, or is to connect to again.
    var stream: UserStream?
}
