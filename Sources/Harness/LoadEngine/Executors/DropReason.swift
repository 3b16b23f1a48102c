/// Why an iteration was not begun: the tag `reason` of `dropped_iterations`.
enum DropReason: String, CaseIterable {
    /// The server kept every user waiting.
    case maxVUs
    /// Users were free, on another thread.
    case threads
    /// The machine allows no more connections.
    case connections
    /// The time was over before it was begun.
    case maxDuration

    var index: Int {
        switch self {
        case .maxVUs: 0
        case .threads: 1
        case .connections: 2
        case .maxDuration: 3
        }
    }
}
