/// One value that is read, written, and compared and set; values are numbers that stand for their texts.
package struct RegisterModel: SequentialModel {
    package enum Operation: Hashable, Sendable {
        case read(Int32)
        case write(Int32)
        case compareAndSet(from: Int32, to: Int32)
        /// The value was not `from`.
        case refusedCompareAndSet(from: Int32)
    }

    package let initial: Int32

    /// A register that holds `initial`.
    package init(initial: Int32 = 0) { self.initial = initial }

    package func step(_ state: Int32, _ operation: Operation) -> Int32? {
        switch operation {
        case .read(let value): value == state ? state : nil
        case .write(let value): value
        case .compareAndSet(let from, let to): from == state ? to : nil
        case .refusedCompareAndSet(let from): from == state ? nil : state
        }
    }

    package func commits(_ operation: Operation, in state: Int32) -> Bool {
        switch operation {
        case .read, .refusedCompareAndSet: true
        case .write: false
        case .compareAndSet(let from, let to): from == to
        }
    }
}
