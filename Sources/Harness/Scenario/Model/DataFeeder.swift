/// An entry of `data:`: rows that iterations read, as `${fans.name}`.
///
/// Which row an iteration has depends on the seed, the load, the user and the iteration alone: not on the engine's threads, nor on which
/// shard runs the user. An iteration has one row from its beginning to its end.
package struct DataFeeder: Sendable, Equatable {
    package enum Pick: String, Sendable, CaseIterable {
        /// The rows in order, and from the beginning again when they are used up: the n-th iteration of a load has row n.
        case sequential
        /// Any row for each iteration, all equally likely.
        case random
        /// A row for each user, which no other user of the run has; the reader refuses a scenario with more users than rows.
        case unique
    }

    /// An iteration as a feeder sees it.
    package struct Iteration: Sendable {
        package var seed: UInt64
        /// Index into `Scenario.load`.
        package var load: Int
        /// Users of that load at one time, in a storm of one wave.
        package var users: Int
        package var wave: Int
        package var user: Int
        /// Within the user's own, or within the load's where ``isShared``.
        package var index: Int
        /// Whether the load's users share its iterations: arrivals, and `shared-iterations`.
        package var isShared: Bool

        package init(seed: UInt64, load: Int, users: Int, wave: Int, user: Int, index: Int, isShared: Bool) {
            self.seed = seed
            self.load = load
            self.users = users
            self.wave = wave
            self.user = user
            self.index = index
            self.isShared = isShared
        }
    }

    package let name: String
    package let columns: [String]
    /// Each with a value for every column; at least one row.
    package let rows: [[Value]]
    package let pick: Pick
    /// By load: the row of its first user, for ``Pick/unique``.
    package internal(set) var firstRows: [Int] = []
    /// Which feeder of the scenario it is, so that two random ones do not go in step.
    let index: Int
    package let position: SourcePosition

    /// The row of an iteration.
    package func row(of iteration: Iteration) -> Int {
        switch pick {
        case .sequential:
            // A storm's users have one iteration each, and waves instead; everybody else has no waves.
            let own = (iteration.index + iteration.wave) * iteration.users + iteration.user
            return (iteration.isShared ? iteration.index : own) % rows.count
        case .random:
            var random = SplitMix64(
                seed: iteration.seed ^ (UInt64(index + 1) &* 0xD1B5_4A32_D192_ED03),
                load: iteration.load,
                wave: iteration.wave,
                user: iteration.isShared ? -1 : iteration.user,
                iteration: iteration.index
            )
            return Int(random.next() % UInt64(rows.count))
        case .unique:
            let first = firstRows.indices.contains(iteration.load) ? firstRows[iteration.load] : 0
            return (first + iteration.wave * iteration.users + iteration.user) % rows.count
        }
    }
}
