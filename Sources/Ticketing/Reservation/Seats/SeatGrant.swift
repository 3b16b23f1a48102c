/// A hold that was granted, or that its holder already had.
package struct SeatGrant: Sendable, Equatable {
    package let token: String
    /// Milliseconds since 1970 by Redis' clock.
    package let deadline: Int64
    package let version: Int64
    /// Whether the holder already had it: it was not prolonged.
    package let isRepeated: Bool
}

/// A lease with a new end.
package struct SeatLease: Sendable, Equatable {
    /// Milliseconds since 1970 by Redis' clock.
    package let deadline: Int64
    package let version: Int64
}

/// Seats that are sold.
package struct SeatSale: Sendable, Equatable {
    /// Who held them.
    package let user: String
    /// One for each seat, in the order asked.
    package let versions: [Int64]
}
