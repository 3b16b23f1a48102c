/// A row of `outbox` for one of the run's orders.
package struct OutboxRow: Codable, Sendable, Equatable {
    package var id: Int64
    package var topic: String
    package var order: String
    /// What it says: `ORDER_PAID` and the like.
    package var kind: String
    /// Marked as acknowledged by the broker.
    package var isSent: Bool
    /// Written so shortly before it was read that it need not be sent yet.
    package var isYoung: Bool

    package init(id: Int64, topic: String, order: String, kind: String, isSent: Bool, isYoung: Bool = false) {
        self.id = id
        self.topic = topic
        self.order = order
        self.kind = kind
        self.isSent = isSent
        self.isYoung = isYoung
    }

    /// The `message-id` of its message.
    package var messageID: String { "\(topic)/\(id)" }
}
