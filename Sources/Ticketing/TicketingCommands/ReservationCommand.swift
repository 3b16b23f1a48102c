import ArgumentParser
import Contract
import Reservation
import ServiceKit

/// `ticketing reservation`: the process that holds, pins and sells seats.
package struct ReservationCommand: AsyncParsableCommand {
    package static let configuration = CommandConfiguration(
        commandName: "reservation",
        abstract: "Run the reservation service: holds, pins, sales.",
        discussion: """
            \(ServiceHelp.variables)
            Needed besides: MYSQL_URL, REDIS_URL, KAFKA_BROKERS.

            Example:
              AUTH=off MYSQL_URL=mysql://root@127.0.0.1:3306/ticketing REDIS_URL=redis://127.0.0.1:6379 \\
              KAFKA_BROKERS=127.0.0.1:9092 ticketing reservation --port 8081
            """
    )

    @OptionGroup var service: ServiceOptions

    /// Made by the argument parser.
    package init() {}

    package func run() async throws {
        try await service.run(.reservation) { settings, logger, onListening in
            try reservationApplication(
                settings: settings,
                variations: TicketingVariations.current,
                logger: logger,
                onListening: onListening
            )
        }
    }
}
