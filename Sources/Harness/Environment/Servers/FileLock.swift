import Glibc

/// An exclusive lock between processes, on a file; the kernel gives it back when its holder ends in whatever way.
struct FileLock: Sendable {
    private let descriptor: Int32

    /// Takes the lock, waiting up to `limit` for it.
    static func acquire(_ path: String, within limit: Duration = .seconds(180)) async throws -> FileLock {
        let descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw EnvironmentError("open the lock \(path)", String(cString: strerror(errno))) }
        let deadline = ContinuousClock.now + limit
        do {
            while flock(descriptor, LOCK_EX | LOCK_NB) != 0 {
                guard ContinuousClock.now < deadline else {
                    throw EnvironmentError("take the lock \(path)", "another process holds it for more than \(limit)")
                }
                try await Task.sleep(for: .milliseconds(20))
            }
        } catch {
            close(descriptor)
            throw error
        }
        return FileLock(descriptor: descriptor)
    }

    func release() { close(descriptor) }
}
