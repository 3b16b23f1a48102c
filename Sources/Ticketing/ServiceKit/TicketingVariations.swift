import RedisClient
import ServiceLifecycle

/// What a build with a seeded bug changes of the suite; nothing in any other build.
///
/// The commands read ``current``, a task-local: an executable that wants a variation runs the root command inside
/// `TicketingVariations.$current.withValue(…)`.
package struct TicketingVariations: Sendable {
    /// The bug's name, said in the log when a service starts; absent in an honest build.
    package var bug: String?
    /// The schema that `ticketing migrate` applies.
    package var migrations: [Migration]
    /// Replacements for the reservation service's Lua scripts, by file name without suffix; whole texts, without the prelude.
    package var scripts: [String: String]
    /// Replaces the way in which a seat is held.
    package var hold: HoldStrategy?
    /// Replaces the relays of the order and the reservation service.
    package var relay: RelayMaker?
    /// Wraps what those two do about a message.
    package var handling: (@Sendable (@escaping MessageHandler) -> MessageHandler)?
    /// More to run beside the reservation service.
    package var background: (@Sendable (RedisClient) -> [any Service])?
    /// Changes what the reservation service remembers of an event that Redis has lost.
    package var remembering: (@Sendable ([OpeningSeat]) -> [OpeningSeat])?
    /// Changes what the catalog reads from the seats' log for its streams: entries as XREAD answers them.
    package var seatLog: (@Sendable ([RedisValue]) async -> [RedisValue])?

    /// The suite as it is, unless something is said.
    package init(
        bug: String? = nil,
        migrations: [Migration] = Migration.suite,
        scripts: [String: String] = [:]
    ) {
        self.bug = bug
        self.migrations = migrations
        self.scripts = scripts
    }

    /// The suite as it is.
    package static let none = TicketingVariations()

    /// What the commands of this process are to run.
    @TaskLocal package static var current = TicketingVariations.none
}
