import Contract
import Foundation
import MySQLClient
import Observability

/// Writes messages into the outbox, inside the transaction whose effect they announce.
package enum Outbox {
    /// What a row's message is known by, however often it is sent: the consumer remembers it in `consumed`.
    package static func messageID(topic: String, row: Int64) -> String { "\(topic)/\(row)" }

    /// Adds one message.
    ///
    /// - Parameters:
    ///   - connection: Of the transaction.
    ///   - topic: Where it is to go.
    ///   - key: Messages of one key keep their order.
    ///   - message: Sent as JSON.
    ///   - traceparent: The trace that it belongs to.
    /// - Throws: When the row cannot be written; the transaction must then be rolled back.
    package static func add(
        on connection: MySQLConnection,
        topic: String,
        key: String,
        message: some Encodable,
        traceparent: String?
    ) throws {
        let payload = String(decoding: try JSONCoding.encoder.encode(message), as: UTF8.self)
        _ = try connection.execute(
            "INSERT INTO outbox (topic, message_key, payload, traceparent) VALUES (?, ?, ?, ?)",
            [.text(topic), .text(key), .text(payload), traceparent.map(MySQLValue.text) ?? .null]
        )
    }
}
