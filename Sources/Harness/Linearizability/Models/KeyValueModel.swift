/// A map from keys to texts, at first empty, with get, put and append; every key is checked for itself.
package struct KeyValueModel: SequentialModel {
    package struct Operation: Hashable, Sendable {
        package enum Action: Hashable, Sendable { case get, put, append }

        package var key: String
        package var action: Action
        /// What was put, appended or got.
        package var value: String

        /// Makes an operation.
        package init(_ action: Action, key: String, value: String) {
            self.action = action
            self.key = key
            self.value = value
        }
    }

    package let initial = ""

    package init() {}

    package func step(_ state: String, _ operation: Operation) -> String? {
        switch operation.action {
        case .get: operation.value == state ? state : nil
        case .put: operation.value
        case .append: state + operation.value
        }
    }

    package func commits(_ operation: Operation, in state: String) -> Bool { operation.action == .get }

    package func partition(_ calls: [Call<Operation>]) -> [[Call<Operation>]] {
        // The calls' places change with the part, and no call of a map names another's.
        Dictionary(grouping: calls, by: \.operation.key).sorted { $0.key < $1.key }.map(\.value)
    }
}
