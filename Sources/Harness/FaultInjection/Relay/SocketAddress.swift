import CLinux
import Glibc

/// An IPv4 or IPv6 address with a port, as the kernel wants it.
struct SocketAddress: Sendable, Equatable, CustomStringConvertible {
    /// Numeric, without brackets.
    let host: String
    let port: UInt16
    let isIPv6: Bool

    /// - Returns: nil unless `host` is a numeric address, or `localhost` or empty, which are 127.0.0.1.
    init?(host: String, port: UInt16) {
        let numeric = host.isEmpty || host == "localhost" ? "127.0.0.1" : host
        var four = in_addr()
        var six = in6_addr()
        if inet_pton(AF_INET, numeric, &four) == 1 {
            isIPv6 = false
        } else if inet_pton(AF_INET6, numeric, &six) == 1 {
            isIPv6 = true
        } else {
            return nil
        }
        self.host = numeric
        self.port = port
    }

    var family: Int32 { isIPv6 ? AF_INET6 : AF_INET }
    var description: String { isIPv6 ? "[\(host)]:\(port)" : "\(host):\(port)" }

    func withSockaddr<R>(_ body: (UnsafePointer<sockaddr>, socklen_t) -> R) -> R {
        if isIPv6 {
            var address = sockaddr_in6()
            address.sin6_family = sa_family_t(AF_INET6)
            address.sin6_port = port.bigEndian
            inet_pton(AF_INET6, host, &address.sin6_addr)
            return withUnsafePointer(to: &address) {
                $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                    body($0, socklen_t(MemoryLayout<sockaddr_in6>.size))
                }
            }
        }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        inet_pton(AF_INET, host, &address.sin_addr)
        return withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { body($0, socklen_t(MemoryLayout<sockaddr_in>.size)) }
        }
    }

    /// The port that the kernel chose for a bound socket.
    static func boundPort(_ descriptor: Int32) -> UInt16? {
        var storage = sockaddr_storage()
        var length = socklen_t(MemoryLayout<sockaddr_storage>.size)
        let result = withUnsafeMutablePointer(to: &storage) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { getsockname(descriptor, $0, &length) }
        }
        guard result == 0 else { return nil }
        // sin_port and sin6_port are at the same place.
        return withUnsafePointer(to: &storage) {
            $0.withMemoryRebound(to: sockaddr_in.self, capacity: 1) { UInt16(bigEndian: $0.pointee.sin_port) }
        }
    }
}
