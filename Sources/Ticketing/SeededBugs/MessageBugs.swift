import Foundation
import ServiceKit

/// Consumers that are wrong in one place.
enum MessageBugs {
    /// What a message is known by is its delivery, so that one delivered again is a new one.
    static func actingAgain(_ handle: @escaping MessageHandler) -> MessageHandler {
        { message in
            try await handle(ConsumedMessage(id: UUID().uuidString, value: message.value, trace: message.trace))
        }
    }

    /// The consumer commits while the effect is still to come, and whether it came nobody asks.
    static func committingFirst(_ handle: @escaping MessageHandler) -> MessageHandler {
        { message in Task { try await handle(message) } }
    }
}
