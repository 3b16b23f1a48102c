/// A seat that is held for a time and then sold: the table in verification.md.
package struct SeatModel: SequentialModel {
    /// What was done to the seat, and what came of it; tokens, leases and orders are numbers, 0 is none.
    package struct Operation: Hashable, Sendable {
        package enum Action: UInt8, Codable, Hashable, Sendable {
            case hold, extend, pin, confirm, release
            /// A sale to the holder himself, with no order.
            case sell
            /// The order's end without a sale: frees what is pinned to it.
            case unpin
            /// The end of a lease; free if the seat is held with that very lease, else nothing.
            case expire
            /// A recorded loss of Redis: holds that are not pinned are forgotten.
            case forget
            case readFree, readHeld, readSold
        }

        package enum Outcome: UInt8, Codable, Hashable, Sendable {
            case ok
            /// Held by another or sold (hold); sold or pinned (extend, release, confirm).
            case conflict
            /// There is no hold.
            case gone
            /// Another has the hold.
            case notHolder
        }

        package var action: Action
        package var outcome: Outcome
        package var token: Int32
        package var order: Int32
        /// The lease that a hold, extend or pin began, or that an expire ends.
        package var lease: Int32

        /// Makes an operation.
        package init(
            _ action: Action,
            _ outcome: Outcome = .ok,
            token: Int32 = 0,
            order: Int32 = 0,
            lease: Int32 = 0
        ) {
            self.action = action
            self.outcome = outcome
            self.token = token
            self.order = order
            self.lease = lease
        }
    }

    package struct State: Hashable, Sendable {
        package enum Phase: UInt8, Hashable, Sendable { case free, held, sold }

        package var phase = Phase.free
        package var token: Int32 = 0
        package var lease: Int32 = 0
        /// Of a held seat: what it is pinned to; of a sold one: the buyer.
        package var order: Int32 = 0
    }

    /// How confirms and refusals name the holder.
    package enum Naming: Sendable {
        /// A confirm names an order, to which the hold was pinned.
        case orders
        /// A confirm names the token, there are no pins, and refusals do not tell a hold that is gone from one that another has.
        case tokens
    }

    package let initial = State()
    package let naming: Naming

    /// A seat whose holders are named in one of two ways.
    package init(_ naming: Naming = .orders) { self.naming = naming }

    package func step(_ state: State, _ operation: Operation) -> State? {
        guard operation.outcome == .ok else { return isRefusal(operation, trueIn: state) ? state : nil }
        let isHeld = state.phase == .held
        let isOwn = isHeld && state.token == operation.token
        switch operation.action {
        case .hold:
            if isOwn { return state }
            return state.phase == .free ? held(operation) : nil
        case .extend: return isOwn && state.order == 0 ? held(operation) : nil
        case .release: return isOwn && state.order == 0 ? State() : nil
        case .pin:
            if isHeld && state.order == operation.order { return state }
            return isOwn && state.order == 0 ? held(operation) : nil
        case .unpin: return isHeld && state.order == operation.order ? State() : nil
        case .confirm: return confirmed(state, operation)
        case .sell: return isOwn && state.order == 0 ? State(phase: .sold, order: -operation.token) : nil
        case .expire: return isHeld && state.lease == operation.lease ? State() : state
        case .forget: return isHeld && state.order == 0 ? State() : state
        case .readFree: return state.phase == .free ? state : nil
        case .readHeld: return isHeld ? state : nil
        case .readSold: return state.phase == .sold ? state : nil
        }
    }

    package func commits(_ operation: Operation, in state: State) -> Bool {
        switch operation.action {
        case .hold, .extend, .pin, .confirm, .release, .sell, .unpin: operation.outcome != .ok
        case .readFree, .readHeld, .readSold: true
        // The end of a lease comes after its grant, and a lease that has been replaced or ended never comes back: it has no effect any more.
        case .expire: true
        case .forget: false
        }
    }

    private func held(_ operation: Operation) -> State {
        State(phase: .held, token: operation.token, lease: operation.lease, order: operation.order)
    }

    private func confirmed(_ state: State, _ operation: Operation) -> State? {
        let buyer = naming == .orders ? operation.order : operation.token
        switch state.phase {
        case .free: return nil
        case .held:
            let isTheirs = naming == .orders ? state.order == buyer : state.token == buyer
            return isTheirs ? State(phase: .sold, order: buyer) : nil
        case .sold: return state.order == buyer ? state : nil
        }
    }

    private func isRefusal(_ operation: Operation, trueIn state: State) -> Bool {
        if operation.action == .hold { return operation.outcome == .conflict && state.phase != .free }
        let isConfirm = operation.action == .confirm
        let isAnothers: Bool
        if isConfirm && naming == .orders {
            isAnothers = state.phase == .held && state.order != operation.order
        } else {
            isAnothers = state.phase == .held && state.token != operation.token
        }
        if naming == .tokens && isAnothers { return true }
        switch operation.outcome {
        case .ok: return false
        case .gone: return state.phase == .free
        case .notHolder: return isAnothers
        case .conflict:
            switch state.phase {
            case .free: return false
            case .held: return !isConfirm && state.order != 0 || isConfirm && isAnothers
            case .sold: return true
            }
        }
    }
}
