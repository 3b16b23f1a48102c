import Crypto
import Foundation

/// One step of the database's schema; numbered, and never changed once it has been applied.
package struct Migration: Sendable {
    /// From 1; they are applied in this order.
    package let number: Int
    /// For people.
    package let name: String
    /// Statements, each ending with a semicolon at the end of a line; lines that begin with `--` are comments.
    package let sql: String

    /// Makes a migration.
    package init(number: Int, name: String, sql: String) {
        self.number = number
        self.name = name
        self.sql = sql
    }

    /// SHA-256 of ``sql`` in hexadecimal.
    package var checksum: String {
        let digits = Array("0123456789abcdef".utf8)
        var text: [UInt8] = []
        for byte in SHA256.hash(data: Data(sql.utf8)) {
            text.append(digits[Int(byte >> 4)])
            text.append(digits[Int(byte & 15)])
        }
        return String(decoding: text, as: UTF8.self)
    }

    /// The statements of ``sql``, without comments and semicolons.
    package var statements: [String] {
        let lines = sql.split(separator: "\n", omittingEmptySubsequences: true)
            .filter { !$0.drop(while: \.isWhitespace).hasPrefix("--") }
        var statements: [String] = []
        var current: [Substring] = []
        for line in lines {
            let text = line.trimmingCharacters(in: .whitespaces)
            if text.hasSuffix(";") {
                current.append(Substring(text.dropLast()))
                statements.append(current.joined(separator: "\n"))
                current = []
            } else if !text.isEmpty {
                current.append(line)
            }
        }
        if !current.isEmpty { statements.append(current.joined(separator: "\n")) }
        return statements
    }

    /// The schema of the suite.
    package static let suite = [
        Migration(number: 1, name: "suite", sql: String(decoding: PackageResources.m0001_suite_sql, as: UTF8.self)),
        Migration(number: 2, name: "losses", sql: String(decoding: PackageResources.m0002_losses_sql, as: UTF8.self)),
        Migration(
            number: 3,
            name: "partitions",
            sql: String(decoding: PackageResources.m0003_partitions_sql, as: UTF8.self)
        ),
    ]
}
