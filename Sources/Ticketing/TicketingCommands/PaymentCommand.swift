import ArgumentParser
import Contract
import Payment

/// `ticketing payment`: the process that mocks a payment provider.
package struct PaymentCommand: AsyncParsableCommand {
    package static let configuration = CommandConfiguration(
        commandName: "payment",
        abstract: "Run the payment service: a mock provider that misbehaves on request.",
        discussion: """
            \(ServiceHelp.variables)
            Needed besides: MYSQL_URL.

            Example:
              AUTH=off MYSQL_URL=mysql://root@127.0.0.1:3306/ticketing ticketing payment --port 8083
            """
    )

    @OptionGroup var service: ServiceOptions

    /// Made by the argument parser.
    package init() {}

    package func run() async throws {
        try await service.run(.payment) { settings, logger, onListening in
            try paymentApplication(settings: settings, logger: logger, onListening: onListening)
        }
    }
}
