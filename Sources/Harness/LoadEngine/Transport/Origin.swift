import Glibc

/// A scheme, host and port that requests go to.
struct Origin {
    /// `http` or `https`, `://` and the authority: what a path is put after.
    let prefix: [UInt8]
    /// As in the `Host` header.
    let authority: [UInt8]
    let isSecure: Bool
    /// Where to connect; nil if the name could not be looked up.
    let address: SocketAddress?

    /// Reads the part of an absolute URL before its path and looks the host up, which blocks where it is not an address.
    ///
    /// Nil unless it is `http://` or `https://`, a host, and perhaps a port.
    init?(_ text: some Collection<UInt8>) {
        let prefix = Array(text)
        guard let scheme = ["http://", "https://"].first(where: { prefix.starts(with: $0.utf8) }) else { return nil }
        let authority = prefix.dropFirst(scheme.utf8.count)
        // Whoever signs in by the URL is not part of its host.
        let host = authority.lastIndex(of: UInt8(ascii: "@")).map { authority[($0 + 1)...] } ?? authority
        guard !host.isEmpty, host.allSatisfy({ $0 > 0x20 && $0 != 0x7F }) else { return nil }
        self.prefix = prefix
        self.authority = Array(host)
        isSecure = scheme == "https://"
        address = SocketAddress.resolve(String(decoding: host, as: UTF8.self), defaultPort: isSecure ? 443 : 80)
    }
}

/// The origins that one thread has met; the gateway is the first.
///
/// A run meets few: those beyond ``limit`` are not kept, and requests to them are unreachable.
final class OriginTable {
    static let gateway = 0
    private static let limit = 1_024
    private(set) var origins: [Origin]

    init(gateway: Origin) {
        origins = [gateway]
    }

    /// The place of an origin, which is looked up when it is met for the first time; nil if it is none.
    func place(_ prefix: ArraySlice<UInt8>) -> Int? {
        if let known = origins.firstIndex(where: { $0.prefix.elementsEqual(prefix) }) { return known }
        guard origins.count < Self.limit, let origin = Origin(prefix) else { return nil }
        origins.append(origin)
        return origins.count - 1
    }
}
