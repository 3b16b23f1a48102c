/// What of an event never changes within an epoch: where its seats are, and what they cost.
struct EventLayout: Sendable {
    struct Seat: Sendable {
        let id: String
        /// From 1.
        let row: Int64
        /// From 1.
        let column: Int64
        let price: Int64
    }

    let id: String
    let epoch: Int64
    let rows: Int64
    let columns: Int64
    /// Row by row.
    let seats: [Seat]
}
