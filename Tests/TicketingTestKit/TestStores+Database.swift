import Foundation
import MySQLClient

extension TestStores {
    /// A database of its own on the same server, empty; for tests that change the schema.
    package func makeDatabase() async throws -> MySQLClient {
        let name = Self.uniqueID("test").replacingOccurrences(of: "-", with: "_")
        _ = try await mysql.execute("CREATE DATABASE \(name)")
        var parts = mysqlURL.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
        parts[parts.count - 1] = name
        return try MySQLClient(try MySQLConfiguration(url: parts.joined(separator: "/")), logger: TestLog.quiet)
    }
}
