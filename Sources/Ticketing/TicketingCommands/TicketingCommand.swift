import ArgumentParser

/// The suite's one executable: each subcommand is a process.
package struct TicketingCommand: AsyncParsableCommand {
    package static let configuration = CommandConfiguration(
        commandName: "ticketing",
        abstract: "The ticketing suite: four services, their schema, and an embedded broker.",
        discussion: """
            Each service is a process of its own and is told everything by environment variables; `ticketing help <service>` lists them.
            """,
        subcommands: [
            CatalogCommand.self, ReservationCommand.self, OrderCommand.self, PaymentCommand.self, MigrateCommand.self,
            BrokerCommand.self,
        ]
    )

    /// Made by the argument parser.
    package init() {}
}
