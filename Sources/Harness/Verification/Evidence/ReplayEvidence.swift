/// What came of delivering a run's messages once more, when the suite had come to rest.
package struct ReplayEvidence: Codable, Sendable, Equatable {
    /// How often something stood in MySQL of an order before and after.
    package struct Change: Codable, Sendable, Equatable {
        package var order: String
        package var effect: String
        package var before: Int
        package var after: Int

        package init(order: String, effect: String, before: Int, after: Int) {
            self.order = order
            self.effect = effect
            self.before = before
            self.after = after
        }
    }

    /// How many messages were delivered again.
    package var messages: Int
    /// How many entries the seats' log had before; nil where there is no Redis to look into.
    package var logged: Int?
    /// Orders that had not ended before: what becomes of them comes of no message that was delivered again.
    package var others: Set<String>
    package var changes: [Change]

    package init(messages: Int, logged: Int? = nil, others: Set<String> = [], changes: [Change] = []) {
        self.messages = messages
        self.logged = logged
        self.others = others
        self.changes = changes
    }
}
