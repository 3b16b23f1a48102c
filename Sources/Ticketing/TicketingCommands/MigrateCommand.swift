import ArgumentParser
import Foundation
import Logging
import MySQLClient
import Observability
import ServiceKit

/// `ticketing migrate`: brings the database's schema to what this build needs.
package struct MigrateCommand: AsyncParsableCommand {
    package static let configuration = CommandConfiguration(
        commandName: "migrate",
        abstract: "Apply the migrations that the database does not have yet.",
        discussion: """
            Safe to run from several processes at once, and again. Waits until MySQL answers.
            Environment: MYSQL_URL, LOG_LEVEL (info), and MYSQL_SERVICE_PASSWORDS_FILE: a file with a line service=password for each
            service that is to have a database user of its own (ticketing_order, …) with only the rights it needs.

            Example:
              MYSQL_URL=mysql://root@127.0.0.1:3306/ticketing ticketing migrate --wait 60
            """
    )

    @Option(help: "Seconds to wait until MySQL answers, 0 to 3600.")
    var wait: Int = 30

    /// Made by the argument parser.
    package init() {}

    package func validate() throws {
        guard (0...3600).contains(wait) else { throw ValidationError("--wait takes 0 to 3600 seconds, not \(wait)") }
    }

    package func run() async throws {
        let environment = ProcessInfo.processInfo.environment
        guard let url = environment["MYSQL_URL"], !url.isEmpty else {
            throw ValidationError("MYSQL_URL is not set: mysql://user:password@host:port/database")
        }
        let file = environment[ServicePasswords.variable].flatMap { $0.isEmpty ? nil : $0 }
        let passwords = try file.map(ServicePasswords.read)
        JSONLogHandler.bootstrap(level: environment["LOG_LEVEL"].flatMap(Logger.Level.init(rawValue:)) ?? .info)
        let logger = Logger(label: "migrate")
        let mysql = try MySQLClient(try MySQLConfiguration(url: url), logger: logger)
        do {
            try await untilAnswering(mysql)
            try await migrate(mysql, migrations: TicketingVariations.current.migrations, logger: logger)
            if let passwords { try await grantServices(mysql, passwords) }
        } catch {
            await mysql.close()
            throw error
        }
        await mysql.close()
    }

    private func untilAnswering(_ mysql: MySQLClient) async throws {
        let deadline = ContinuousClock.now + .seconds(wait)
        while true {
            do {
                _ = try await mysql.query("SELECT 1")
                return
            } catch {
                guard ContinuousClock.now < deadline else {
                    throw MySQLNotAnswering(seconds: wait, cause: "\(error)")
                }
                try await Task.sleep(for: .milliseconds(100))
            }
        }
    }
}

/// Why `ticketing migrate` did nothing.
struct MySQLNotAnswering: Error, CustomStringConvertible {
    let seconds: Int
    let cause: String

    var description: String {
        "waiting for the MySQL of MYSQL_URL: no answer within \(seconds) s (\(cause)); is it running, and is the URL right?"
    }
}
