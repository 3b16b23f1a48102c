import ArgumentParser
import Catalog
import Contract
import ServiceKit

/// `ticketing catalog`: the process that answers what there is to buy.
package struct CatalogCommand: AsyncParsableCommand {
    package static let configuration = CommandConfiguration(
        commandName: "catalog",
        abstract: "Run the catalog service: events, seat maps, streams of seat changes.",
        discussion: """
            \(ServiceHelp.variables)
            Needed besides: MYSQL_URL, REDIS_URL.

            Example:
              AUTH=off MYSQL_URL=mysql://root@127.0.0.1:3306/ticketing REDIS_URL=redis://127.0.0.1:6379 \\
              ticketing catalog --port 8080
            """
    )

    @OptionGroup var service: ServiceOptions

    /// Made by the argument parser.
    package init() {}

    package func run() async throws {
        try await service.run(.catalog) { settings, logger, onListening in
            try catalogApplication(
                settings: settings,
                variations: TicketingVariations.current,
                logger: logger,
                onListening: onListening
            )
        }
    }
}
