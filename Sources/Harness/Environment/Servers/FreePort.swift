import CLinux
import Glibc
import Synchronization

/// Picks ports of 127.0.0.1 that nothing uses.
///
/// They lie below the range from which the kernel takes the ports of outgoing connections: a server that a fault has
/// killed finds its port free when it comes back. A process is never given the same port twice, nor one that another has been given.
package enum FreePort {
    private static let given = Mutex<Set<Int>>([])
    private static let range = 15_000..<32_000

    /// A free port.
    package static func next() throws -> Int {
        for _ in 0..<1_000 {
            let port = Int.random(in: range)
            guard given.withLock({ $0.insert(port).inserted }) else { continue }
            if PortClaim.take(port), isFree(port) { return port }
        }
        throw EnvironmentError("find a free port in \(range)", "1,000 ports tried are all in use")
    }

    /// `wanted` if nothing listens there, or a free port when none is wanted.
    ///
    /// - Throws: when it is in use, naming who uses it.
    package static func claim(_ wanted: Int?, for server: String) throws -> Int {
        guard let wanted else { return try next() }
        guard !isFree(wanted) else { return wanted }
        let holder = PortHolder.find(wanted).map { "by \($0)" } ?? "by a process of another user"
        throw EnvironmentError(
            "start \(server)",
            "port \(wanted) is in use \(holder)",
            advice: "stop it, or name another port"
        )
    }

    /// Whether a server could listen there now.
    package static func isFree(_ port: Int) -> Bool {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else { return false }
        defer { close(descriptor) }
        // As servers do: connections of a previous listener that linger in TIME_WAIT do not count.
        var yes: Int32 = 1
        setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &yes, socklen_t(MemoryLayout<Int32>.size))
        return LoopbackAddress.withAddress(port: port) { bind(descriptor, $0, $1) } == 0
            && listen(descriptor, 1) == 0
    }
}
