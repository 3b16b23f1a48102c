import Glibc

/// The file of a run's history: one JSON object a line, written by several threads in whole lines.
final class HistoryFile: Sendable {
    let path: String
    private let descriptor: Int32

    init(path: String) throws {
        self.path = path
        descriptor = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_APPEND | O_CLOEXEC, 0o644)
        guard descriptor >= 0 else { throw SystemFailure("creating the history \(path)", errno: errno) }
    }

    deinit {
        close(descriptor)
    }

    /// Appends whole lines; O_APPEND keeps those of different threads apart.
    ///
    /// - Returns: the error's number, 0 if all was written.
    func append(_ lines: UnsafeRawBufferPointer) -> Int32 {
        var written = 0
        while written < lines.count {
            let count = write(descriptor, lines.baseAddress.map { $0 + written }, lines.count - written)
            if count < 0 {
                if errno == EINTR { continue }
                return errno
            }
            written += count
        }
        return 0
    }
}
