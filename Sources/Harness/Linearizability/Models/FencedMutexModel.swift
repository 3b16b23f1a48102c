/// A lock whose every grant has a fencing token, greater than all before it.
///
/// (Kleppmann, "How to do distributed locking", 2016: a token lets the store refuse a holder that has been overtaken.)
package struct FencedMutexModel: SequentialModel {
    package enum Operation: Hashable, Sendable {
        case acquire(fence: Int64)
        /// Granted or not, and nobody learnt the token.
        case acquireUnanswered
        case release(fence: Int64)
        case busy
    }

    package struct State: Hashable, Sendable {
        package enum Holder: Hashable, Sendable { case nobody, somebody, fence(Int64) }
        package var holder = Holder.nobody
        /// The greatest token that was granted.
        package var latest: Int64 = 0
    }

    package let initial = State()

    package init() {}

    package func step(_ state: State, _ operation: Operation) -> State? {
        switch operation {
        case .acquire(let fence):
            state.holder == .nobody && fence > state.latest ? State(holder: .fence(fence), latest: fence) : nil
        case .acquireUnanswered:
            state.holder == .nobody ? State(holder: .somebody, latest: state.latest) : nil
        case .release(let fence):
            state.holder == .fence(fence) ? State(holder: .nobody, latest: state.latest) : nil
        case .busy: state.holder == .nobody ? nil : state
        }
    }

    package func commits(_ operation: Operation, in state: State) -> Bool { operation == .busy }
}
