/// The states of an order, and where each may go.
///
/// ```
/// CREATED ──▶ PAYING ──▶ PAID ──▶ CONFIRMED
///    │           │         └────▶ REFUNDED     (seats could not be confirmed: money goes back)
///    └───────────┴──────────────▶ CANCELLED    (payment failed, or never happened: holds released)
///                └──────────────▶ REFUNDED     (outcome unknown at the deadline, and the refund found a charge)
/// ```
package enum OrderStatus: String, Codable, Sendable, CaseIterable {
    case created = "CREATED"
    case paying = "PAYING"
    case paid = "PAID"
    case confirmed = "CONFIRMED"
    case cancelled = "CANCELLED"
    case refunded = "REFUNDED"

    /// Whether the saga is over.
    package var isFinal: Bool { self == .confirmed || self == .cancelled || self == .refunded }

    /// The states that may follow.
    package var successors: [OrderStatus] {
        switch self {
        case .created: [.paying, .cancelled]
        case .paying: [.paid, .cancelled, .refunded]
        case .paid: [.confirmed, .refunded]
        case .confirmed, .cancelled, .refunded: []
        }
    }
}
