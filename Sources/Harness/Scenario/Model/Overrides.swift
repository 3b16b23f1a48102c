/// What the command line says over the scenario file.
package struct Overrides: Sendable {
    /// `--users N`: the `users` of every storm and the `vus` of every constant-vus.
    package var users: Int?
    /// `--duration D`: the `duration` of every constant-vus; a storm keeps the waves that start before it.
    package var duration: Duration?
    /// `--seed N`: the seed of all chance.
    package var seed: UInt64?
    /// `--set path=value`, in order: `load.clicks.waves=3`, `slo.0=oversell == 0`.
    ///
    /// The value is YAML.
    package var settings: [String]
    /// `--no-faults`: nothing is broken on purpose.
    package var withoutFaults: Bool

    package init(
        users: Int? = nil,
        duration: Duration? = nil,
        seed: UInt64? = nil,
        settings: [String] = [],
        withoutFaults: Bool = false
    ) {
        self.users = users
        self.duration = duration
        self.seed = seed
        self.settings = settings
        self.withoutFaults = withoutFaults
    }
}
