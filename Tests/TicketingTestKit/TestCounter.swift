import Synchronization

/// A number that a test moves by hand, or lets its subject move.
package final class TestCounter: Sendable {
    private let state: Mutex<Int64>

    /// Begins at `value`.
    package init(_ value: Int64 = 0) { state = Mutex(value) }

    /// The number.
    package var value: Int64 {
        get { state.withLock { $0 } }
        set { state.withLock { $0 = newValue } }
    }

    /// One more.
    package func increment() { state.withLock { $0 += 1 } }
}
