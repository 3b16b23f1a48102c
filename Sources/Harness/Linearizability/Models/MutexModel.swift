/// A lock that one at a time has.
package struct MutexModel: SequentialModel {
    package enum Operation: Hashable, Sendable {
        case acquire, release
        /// Somebody was refused, because another had it.
        case busy
    }

    /// Whether somebody has it.
    package let initial = false

    package init() {}

    package func step(_ state: Bool, _ operation: Operation) -> Bool? {
        switch operation {
        case .acquire: state ? nil : true
        case .release: state ? false : nil
        case .busy: state ? true : nil
        }
    }

    package func commits(_ operation: Operation, in state: Bool) -> Bool { operation == .busy }
}
