import Glibc

/// Looks the gateway's name up once, before the run: a lookup in the middle of it would be measured.
enum GatewayAddress {
    /// libcurl's `HOST:PORT:ADDRESS` for an `http(s)://HOST[:PORT]` URL; nil if the host is an address already or unknown.
    static func resolve(_ url: String) -> String? {
        guard let schemeEnd = url.firstRange(of: "://") else { return nil }
        let authority = url[schemeEnd.upperBound...].prefix { $0 != "/" }
        guard !authority.hasPrefix("[") else { return nil }
        let parts = authority.split(separator: ":")
        guard let host = parts.first.map(String.init) else { return nil }
        let port = parts.count > 1 ? String(parts[1]) : (url.hasPrefix("https") ? "443" : "80")
        var address = in_addr()
        guard inet_pton(AF_INET, host, &address) != 1 else { return nil }
        guard let numeric = lookUp(host) else { return nil }
        return "\(host):\(port):\(numeric)"
    }

    private static func lookUp(_ host: String) -> String? {
        var hints = addrinfo()
        hints.ai_family = AF_INET
        hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
        var list: UnsafeMutablePointer<addrinfo>?
        guard getaddrinfo(host, nil, &hints, &list) == 0, let first = list else { return nil }
        defer { freeaddrinfo(first) }
        var text = [CChar](repeating: 0, count: Int(NI_MAXHOST))
        let result = getnameinfo(
            first.pointee.ai_addr,
            first.pointee.ai_addrlen,
            &text,
            socklen_t(text.count),
            nil,
            0,
            NI_NUMERICHOST
        )
        guard result == 0 else { return nil }
        return String(decoding: text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }
}
