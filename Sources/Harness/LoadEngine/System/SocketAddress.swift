import Glibc

/// An address to connect to, IPv4 or IPv6.
struct SocketAddress {
    private var storage = sockaddr_storage()
    private var length: socklen_t = 0
    var family: Int32 { Int32(storage.ss_family) }

    /// The first address of `HOST[:PORT]` or `[IPv6][:PORT]`; nil if there is none.
    static func resolve(_ authority: String, defaultPort: Int) -> SocketAddress? {
        var host = Substring(authority)
        var port = String(defaultPort)
        if let colon = authority.lastIndex(of: ":"), !authority[colon...].contains("]") {
            host = authority[..<colon]
            port = String(authority[authority.index(after: colon)...])
        }
        if host.hasPrefix("["), host.hasSuffix("]") { host = host.dropFirst().dropLast() }
        guard let number = UInt16(port), number > 0 else { return nil }
        var hints = addrinfo()
        hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
        // Every service here listens on IPv4, and `localhost` has both.
        for family in [AF_INET, AF_INET6] {
            hints.ai_family = family
            var list: UnsafeMutablePointer<addrinfo>?
            guard getaddrinfo(String(host), port, &hints, &list) == 0, let first = list else { continue }
            defer { freeaddrinfo(list) }
            guard Int(first.pointee.ai_addrlen) <= MemoryLayout<sockaddr_storage>.size else { continue }
            var address = SocketAddress()
            withUnsafeMutableBytes(of: &address.storage) { bytes in
                bytes.copyMemory(
                    from: UnsafeRawBufferPointer(start: first.pointee.ai_addr, count: Int(first.pointee.ai_addrlen))
                )
            }
            address.length = first.pointee.ai_addrlen
            return address
        }
        return nil
    }

    /// `connect(2)`.
    func connect(_ descriptor: Int32) -> Int32 {
        withUnsafePointer(to: storage) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { Glibc.connect(descriptor, $0, length) }
        }
    }
}
