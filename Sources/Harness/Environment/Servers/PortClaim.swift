import Glibc

/// Ports that processes of this user have been given and may not listen on yet: suites that start side by side each get their own.
///
/// A port is a byte of a file, which its process has locked; the kernel gives it back when the process ends in whatever way.
enum PortClaim {
    static let path = "/tmp/seatstorm-ports.\(geteuid())"
    private static let descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)

    /// Claims a port for this process; false when another has it.
    ///
    /// Where the file cannot be opened, only a port that somebody listens on is known to be taken.
    static func take(_ port: Int) -> Bool {
        guard descriptor >= 0 else { return true }
        var lock = flock(
            l_type: Int16(F_WRLCK),
            l_whence: Int16(SEEK_SET),
            l_start: off_t(port),
            l_len: 1,
            l_pid: 0
        )
        return fcntl(descriptor, F_SETLK, &lock) == 0
    }
}
