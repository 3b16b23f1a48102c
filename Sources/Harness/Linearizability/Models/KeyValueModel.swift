/// A map from keys to texts, at first empty, with get, put and append; every key is checked for itself.
package struct KeyValueModel: SequentialModel {
    package struct Operation: Hashable, Sendable {
        package enum Action: Hashable, Sendable { case get, put, append }

        package var key: String
        package var action: Action
        /// What was put, appended or got.
        package var value: String
        /// Of an append to a text that is never put: the longest that anybody got, of which every text is a beginning, or which it begins.
        fileprivate(set) package var longest: String?

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
        case .append: appended(state, operation)
        }
    }

    private func appended(_ state: String, _ operation: Operation) -> String? {
        let after = state + operation.value
        guard let longest = operation.longest else { return after }
        if after.utf8.count <= longest.utf8.count { return longest.utf8.starts(with: after.utf8) ? after : nil }
        // Past all that was got, every text is as good as any other.
        return after.utf8.starts(with: longest.utf8) ? longest + "\0" : nil
    }

    package func commits(_ operation: Operation, in state: String) -> Bool { operation.action == .get }

    package func verdict(_ calls: [Call<Operation>]) -> Linearizability? {
        guard var order = TextOrder(calls) else { return nil }
        return order.isLinearizable() ? .linearizable : .notLinearizable
    }

    package func partition(_ calls: [Call<Operation>]) -> [[Call<Operation>]] {
        // The calls' places change with the part, and no call of a map names another's.
        Dictionary(grouping: calls, by: \.operation.key).sorted { $0.key < $1.key }.map { Self.limiting($0.value) }
    }

    /// Tells the appends to a text that is never put what the text was in the end, as far as it was got: otherwise every order of appends that
    /// overlap is followed until a get comes that it does not explain.
    private static func limiting(_ calls: [Call<Operation>]) -> [Call<Operation>] {
        guard !calls.contains(where: { $0.operation.action == .put }) else { return calls }
        let gets = calls.lazy.filter { $0.operation.action == .get && !$0.isOptional }.map(\.operation.value)
        guard let longest = gets.max(by: { $0.utf8.count < $1.utf8.count }) else { return calls }
        return calls.map { call in
            var call = call
            if call.operation.action == .append { call.operation.longest = longest }
            return call
        }
    }
}
