import Foundation
import Scenario

/// Where the run's Redis is, from `redis://[[USER]:PASSWORD@]HOST[:PORT][/DATABASE]`, looked up once before the run.
struct RedisAddress {
    let socket: SocketAddress
    /// What is sent first on every connection: `AUTH`, `SELECT`.
    let greeting: [[[UInt8]]]

    /// The address that the scenario's `redis` steps need; nil where it has none.
    ///
    /// - Throws: ``SystemFailure`` if the run knows no Redis.
    static func of(_ url: String?, neededBy scenario: Scenario) throws -> RedisAddress? {
        guard scenario.usesRedis else { return nil }
        guard let url else { throw SystemFailure("the scenario has `redis` steps, and the run knows no Redis") }
        return try RedisAddress(url)
    }

    /// - Throws: ``SystemFailure`` if it is no such URL, or the host is unknown.
    init(_ url: String) throws {
        guard url.hasPrefix("redis://") else {
            // Not shown: it may have a password in it.
            throw SystemFailure("the Redis of this run cannot be used for `redis` steps: expected redis://HOST:PORT")
        }
        let rest = url.dropFirst("redis://".count)
        let authority = rest.prefix { $0 != "/" }
        let database = rest.dropFirst(authority.count).drop { $0 == "/" }
        let at = authority.lastIndex(of: "@")
        let host = at.map { authority[authority.index(after: $0)...] } ?? authority
        guard let socket = SocketAddress.resolve(String(host), defaultPort: 6379) else {
            throw SystemFailure("the Redis of this run, \(host), has no address")
        }
        self.socket = socket
        var greeting: [[[UInt8]]] = []
        if let at {
            let parts = authority[..<at].split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
            let words = parts.filter { !$0.isEmpty }.map { $0.removingPercentEncoding ?? String($0) }
            greeting.append((["AUTH"] + words).map { Array($0.utf8) })
        }
        guard database.isEmpty || UInt16(database) != nil else {
            throw SystemFailure("the Redis of this run has no database `\(database)`: expected a number")
        }
        if !database.isEmpty, database != "0" { greeting.append(["SELECT", String(database)].map { Array($0.utf8) }) }
        self.greeting = greeting
    }
}
