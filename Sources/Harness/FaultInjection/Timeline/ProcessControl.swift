/// What an environment lets be done to its processes.
///
/// A disruption is a lease: somebody other than this process holds it, and undoes it also when this process is gone.
package protocol ProcessControl: Sendable {
    /// Kills the process, and has it started again at the end of the lease.
    ///
    /// - Returns: how many processes the kernel shows as gone; nil where it cannot be asked.
    func kill(_ process: String, leaseSeconds: Double) async throws -> Int?

    /// Stops the process from running, and lets it go on at the end of the lease.
    ///
    /// - Returns: how many processes the kernel shows as stopped; nil where it cannot be asked.
    func freeze(_ process: String, leaseSeconds: Double) async throws -> Int?

    /// Ends the process in order and starts it again; returns once the new one exists.
    ///
    /// - Returns: how many ended.
    func restart(_ process: String) async throws -> Int?

    /// Undoes a kill or a freeze before its lease does.
    ///
    /// - Returns: how many processes were still gone or stopped until then; nil where it cannot be asked.
    func restore(_ process: String) async throws -> Int?

    /// Returns once the process answers.
    ///
    /// - Throws: when it did not in good time, with its last words.
    func waitUntilReady(_ process: String) async throws
}
