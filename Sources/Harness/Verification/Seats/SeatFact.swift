/// One line of a seat's story: who did what, what came of it, and where that is recorded.
package struct SeatFact: Codable, Sendable, Equatable {
    /// Microseconds since 1970 by Redis' clock: between these two it happened.
    package var from: Int64
    package var to: Int64
    package var user: String
    /// What was done and what was answered, as a clause: "asked for the seat for 60 s: granted (version 7)".
    package var what: String
    /// `clients` or `redis`.
    package var source: String
    package var order: String
    package var trace: String
    package var faults: [String]
}
