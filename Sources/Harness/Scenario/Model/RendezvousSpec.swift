/// A named barrier at which users wait for each other.
///
/// Users gather: as soon as ``users`` have come, all of them go on at the same moment and the next gathering begins. When ``within`` has passed
/// since the first of them came, those who are there go on, and their `checks` have failed.
package struct RendezvousSpec: Sendable, Equatable {
    package let name: String
    /// 2…100,000.
    package let users: Int
    package let within: Duration
    package let position: SourcePosition
}
