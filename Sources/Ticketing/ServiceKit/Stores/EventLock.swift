import Contract
import MySQLClient

/// A named lock of the database's for each event, held by whoever opens, resets or restores its seats.
///
/// It ends with its connection; what a holder that has lost it still writes into Redis is fenced off by ``EventOpening``.
package enum EventLock {
    /// Does `work` unless another process holds the event's lock.
    ///
    /// - Parameters:
    ///   - event: Its lock is taken.
    ///   - mysql: One more connection is opened for the lock.
    ///   - seconds: How long to wait for another holder; 0 does not wait.
    ///   - work: Done once at most.
    /// - Returns: What `work` returns; nothing when the lock was not to be had.
    /// - Throws: `MySQLError` when MySQL does not answer; otherwise what `work` throws.
    package static func with<T>(
        _ event: String,
        in mysql: MySQLClient,
        waiting seconds: Int64 = 0,
        _ work: () async throws -> T
    ) async throws -> T? {
        let session = try await mysql.session()
        defer { session.close() }
        let got = try await session.query(
            "SELECT GET_LOCK(\(EventLockName.sql), ?) AS got",
            [.text(event), .int(seconds)]
        )
        guard try got.first?.optionalInt("got") == 1 else { return nil }
        let result: Result<T, any Error>
        do { result = .success(try await work()) } catch { result = .failure(error) }
        // A closed connection would give it back as well, but a moment later.
        _ = try? await session.query("SELECT RELEASE_LOCK(\(EventLockName.sql)) AS released", [.text(event)])
        return try result.get()
    }
}
