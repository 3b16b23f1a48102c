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

    /// The suite as it is, unless something is said.
    package init(
        bug: String? = nil,
        migrations: [Migration] = Migration.suite,
        scripts: [String: String] = [:],
        hold: HoldStrategy? = nil
    ) {
        self.bug = bug
        self.migrations = migrations
        self.scripts = scripts
        self.hold = hold
    }

    /// The suite as it is.
    package static let none = TicketingVariations()

    /// What the commands of this process are to run.
    @TaskLocal package static var current = TicketingVariations.none
}
