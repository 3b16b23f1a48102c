/// Something that a service needs before it can serve, and the question whether it is there.
package struct ReadinessCheck: Sendable {
    /// What `/readyz` calls it when it fails.
    package let name: String
    /// Throws when it is not there.
    package let check: @Sendable () async throws -> Void

    /// Makes a check.
    package init(name: String, check: @escaping @Sendable () async throws -> Void) {
        self.name = name
        self.check = check
    }
}
