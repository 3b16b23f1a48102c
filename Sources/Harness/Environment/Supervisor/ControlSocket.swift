import CLinux
import Glibc

/// The socket in a supervisor's private folder by which processes other than its owner speak to it.
enum ControlSocket {
    static let name = "control"

    /// Listens in `directory`; returns the listening descriptor, which never blocks.
    static func listen(in directory: String) throws -> Int32 {
        let action = "listen on the socket \(directory)/\(name)"
        unlink("\(directory)/\(name)")
        return try open(directory, action) { descriptor, address, length in
            let flags = fcntl(descriptor, F_GETFL)
            return bind(descriptor, address, length) == 0 && Glibc.listen(descriptor, 16) == 0
                && fcntl(descriptor, F_SETFL, flags | O_NONBLOCK) == 0
        }
    }

    /// Connects to the supervisor that owns `directory`; returns the descriptor.
    static func connect(in directory: String) throws -> Int32 {
        try open(directory, "reach the supervisor at \(directory)/\(name)") { descriptor, address, length in
            Glibc.connect(descriptor, address, length) == 0
        }
    }

    /// The next connection, or -1 when none waits.
    static func accept(_ listener: Int32) -> Int32 { linux_accept(listener) }

    private static func open(
        _ directory: String,
        _ action: String,
        _ use: (Int32, UnsafePointer<sockaddr>, socklen_t) -> Bool
    ) throws -> Int32 {
        func failure() -> EnvironmentError { EnvironmentError(action, String(cString: strerror(errno))) }
        // The path of a socket may have only 107 bytes, a folder's more: it is named by an open descriptor of the folder.
        let folder = Glibc.open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard folder >= 0 else { throw failure() }
        defer { close(folder) }
        let descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else { throw failure() }
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &address.sun_path) { bytes in
            bytes.copyBytes(from: Array("/proc/self/fd/\(folder)/\(name)\0".utf8))
        }
        let isDone = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                use(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
        guard isDone else {
            let error = failure()
            close(descriptor)
            throw error
        }
        return descriptor
    }
}
