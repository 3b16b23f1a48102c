import Scenario

/// What expressions see of a virtual user.
///
/// Made on the stack for each step; the thread outlives it.
struct UserContext: ExpressionContext {
    private let virtualUser: UnsafeMutablePointer<VirtualUser>
    private let exchange: UnsafeMutablePointer<Exchange>
    private let shared: RunState
    let runNonce: UInt64

    init(
        _ virtualUser: UnsafeMutablePointer<VirtualUser>,
        _ exchange: UnsafeMutablePointer<Exchange>,
        _ shared: RunState
    ) {
        self.virtualUser = virtualUser
        self.exchange = exchange
        self.shared = shared
        runNonce = shared.nonce
    }

    func slot(_ index: Int) -> Value { virtualUser.pointee.slots[index] }
    var status: Int { Int(virtualUser.pointee.status) }
    var user: Int { virtualUser.pointee.number }
    var wave: Int { virtualUser.pointee.wave }
    var iteration: Int { virtualUser.pointee.iteration }
    var now: Int64 { Int64(wallNow() / 1_000_000) }

    mutating func nextRandom() -> UInt64 { virtualUser.pointee.random.next() }

    func event(_ template: Int, copy: Int, field: EventField) -> Value {
        shared.events.value(template, copy: copy, field: field)
    }

    func data(_ feeder: Int, column: Int) -> Value {
        let load = shared.scenario.load[virtualUser.pointee.load]
        let feeder = shared.scenario.data[feeder]
        let row = feeder.row(
            of: DataFeeder.Iteration(
                seed: shared.configuration.seed,
                load: virtualUser.pointee.load,
                users: load.users,
                wave: virtualUser.pointee.wave,
                user: virtualUser.pointee.number,
                index: virtualUser.pointee.index,
                isShared: virtualUser.pointee.draws < 0
            )
        )
        return feeder.rows[row][column]
    }

    func responseValue(_ path: JSONPath) -> Value {
        guard virtualUser.pointee.hasReply else { return .none }
        return path.value(in: UnsafeRawBufferPointer(exchange.pointee.replyBody.bytes))
    }
}
