import Scenario

/// What expressions see of a virtual user.
///
/// Made on the stack for each step; the thread outlives it.
struct UserContext: ExpressionContext {
    private let virtualUser: UnsafeMutablePointer<VirtualUser>
    private let exchange: UnsafeMutablePointer<Exchange>
    private let events: EventCatalog
    let runNonce: UInt64

    init(
        _ virtualUser: UnsafeMutablePointer<VirtualUser>,
        _ exchange: UnsafeMutablePointer<Exchange>,
        _ shared: RunState
    ) {
        self.virtualUser = virtualUser
        self.exchange = exchange
        events = shared.events
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
        events.value(template, copy: copy, field: field)
    }

    func responseValue(_ path: JSONPath) -> Value {
        guard virtualUser.pointee.hasReply else { return .none }
        return path.value(in: UnsafeRawBufferPointer(exchange.pointee.replyBody.bytes))
    }
}
