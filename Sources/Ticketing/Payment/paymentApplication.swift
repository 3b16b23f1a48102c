import Contract
import Logging
import MySQLClient
import ServiceKit

/// The payment service: a mock of a payment provider that remembers, and that misbehaves on request.
///
/// - Parameters:
///   - settings: Needs `MYSQL_URL`.
///   - logger: For what belongs to no request.
///   - onListening: Called with the port once it is bound.
/// - Returns: The application, ready to run.
/// - Throws: When the URL cannot be read; a database that is down is waited for.
package func paymentApplication(
    settings: ServiceSettings,
    logger: Logger = Logger(label: "ticketing.payment"),
    onListening: @escaping @Sendable (Int) async -> Void = { _ in }
) throws -> ServiceApplication {
    let mysql = try settings.openMySQL(logger: logger)
    let routes = PaymentRoutes(store: PaymentStore(mysql: mysql), faults: FaultSwitch(), logger: logger)
    return ServiceApplication(
        settings: settings,
        readiness: [
            ReadinessCheck(name: "MySQL") { _ = try await mysql.query("SELECT 1 AS one FROM payments LIMIT 1") }
        ],
        logger: logger,
        onListening: onListening,
        closing: { await mysql.close() },
        routes: routes.add
    )
}
