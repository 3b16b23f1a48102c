import ArgumentParser
import Contract
import Order
import ServiceKit

/// `ticketing order`: the process that accepts orders and runs their sagas.
package struct OrderCommand: AsyncParsableCommand {
    package static let configuration = CommandConfiguration(
        commandName: "order",
        abstract: "Run the order service: orders, idempotency keys, sagas.",
        discussion: """
            \(ServiceHelp.variables)
            Needed besides: MYSQL_URL, KAFKA_BROKERS, RESERVATION_URL, PAYMENT_URL.

            Example:
              AUTH=off MYSQL_URL=mysql://root@127.0.0.1:3306/ticketing KAFKA_BROKERS=127.0.0.1:9092 \\
              RESERVATION_URL=http://127.0.0.1:8081 PAYMENT_URL=http://127.0.0.1:8083 ticketing order --port 8082
            """
    )

    @OptionGroup var service: ServiceOptions

    /// Made by the argument parser.
    package init() {}

    package func run() async throws {
        try await service.run(.order) { settings, logger, onListening in
            try orderApplication(
                settings: settings,
                variations: TicketingVariations.current,
                decisions: OrderVariations.current,
                logger: logger,
                onListening: onListening
            )
        }
    }
}
