import CLinux
import Glibc

/// `host:port` as Toxiproxy's callers write it; the host may be a name.
struct Endpoint: Sendable, Equatable, CustomStringConvertible {
    let host: String
    let port: UInt16

    /// - Returns: nil unless the text is `host:port`, `[v6]:port` or `:port`, with a port of 0…65,535.
    init?(_ text: String) {
        guard let colon = text.lastIndex(of: ":"), let port = UInt16(text[text.index(after: colon)...]) else {
            return nil
        }
        var host = String(text[..<colon])
        if host.hasPrefix("["), host.hasSuffix("]") {
            host = String(host.dropFirst().dropLast())
        } else if host.contains(":") {
            return nil
        }
        guard host.utf8.count <= 255, !host.contains(where: { $0.isWhitespace || $0 == "/" }) else { return nil }
        self.host = host
        self.port = port
    }

    /// Nil for a name, which must be looked up.
    var address: SocketAddress? { SocketAddress(host: host, port: port) }
    var description: String { host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)" }

    /// Asks the resolver.
    ///
    /// Blocks, for as long as the resolver likes: never call it on the relay's thread.
    func lookUp() -> SocketAddress? {
        var hints = addrinfo()
        hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
        var list: UnsafeMutablePointer<addrinfo>?
        guard getaddrinfo(host, nil, &hints, &list) == 0, let first = list else { return nil }
        defer { freeaddrinfo(list) }
        var text = [CChar](repeating: 0, count: Int(NI_MAXHOST))
        let length = socklen_t(text.count)
        guard
            getnameinfo(first.pointee.ai_addr, first.pointee.ai_addrlen, &text, length, nil, 0, NI_NUMERICHOST) == 0
        else { return nil }
        let bytes = text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }
        return SocketAddress(host: String(decoding: bytes, as: UTF8.self), port: port)
    }
}
