/// What an object does when its operations come one after another; the search knows nothing else of it.
///
/// A model is a value: an initial state and a pure step. An operation carries its outcome, so that a step says whether this outcome was
/// possible in a state, and which state it left.
package protocol SequentialModel: Sendable {
    associatedtype State: Hashable & Sendable
    associatedtype Operation: Hashable & Sendable

    /// The state before the first operation.
    var initial: State { get }

    /// The state after `operation`, or nil where its outcome is impossible in `state`.
    func step(_ state: State, _ operation: Operation) -> State?

    /// Whether `operation`, which is possible in `state` and leaves it unchanged, may be placed at once and never be reconsidered.
    ///
    /// True for what never changes any state (a read, a refusal): whatever order of the others explains the history, still explains it with
    /// the observation moved to the earliest moment where it is true. Never true for what would change another state that can still come.
    func commits(_ operation: Operation, in state: State) -> Bool

    /// Parts of a history that can be checked each for itself; the whole where there are none.
    func partition(_ calls: [Call<Operation>]) -> [[Call<Operation>]]

    /// Whether a part of a history is linearizable, where its values alone tell; nil where a search has to.
    func verdict(_ calls: [Call<Operation>]) -> Linearizability?
}

extension SequentialModel {
    package func partition(_ calls: [Call<Operation>]) -> [[Call<Operation>]] { [calls] }

    package func verdict(_ calls: [Call<Operation>]) -> Linearizability? { nil }
}
