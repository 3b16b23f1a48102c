import AsyncHTTPClient
import Contract
import KafkaClient
import Logging
import MySQLClient
import ServiceKit

/// The order service: accepts orders and orchestrates their sagas.
///
/// - Parameters:
///   - settings: Needs `MYSQL_URL`, `KAFKA_BROKERS`, `RESERVATION_URL` and `PAYMENT_URL`.
///   - variations: What a build with a seeded bug changes.
///   - decisions: What it changes of the order service alone.
///   - logger: For what belongs to no request.
///   - onListening: Called with the port once it is bound.
/// - Returns: The application, ready to run.
/// - Throws: When a URL is missing or cannot be read; what is down is waited for.
package func orderApplication(
    settings: ServiceSettings,
    variations: TicketingVariations = .none,
    decisions: OrderVariations = .none,
    logger: Logger = Logger(label: "ticketing.order"),
    onListening: @escaping @Sendable (Int) async -> Void = { _ in }
) throws -> ServiceApplication {
    if let bug = variations.bug { logger.warning("this build has a seeded bug", metadata: ["bug": "\(bug)"]) }
    let reservationURL = try settings.named("RESERVATION_URL", settings.reservationURL)
    let paymentURL = try settings.named("PAYMENT_URL", settings.paymentURL)
    let kafka = try settings.kafkaConfiguration()
    let mysql = try settings.openMySQL(logger: logger)
    let producer = try KafkaProducer(kafka, logger: logger)
    let consumer = try KafkaConsumer(
        kafka,
        groupID: ReservationEventHandler.group,
        topics: [Topic.reservationEvents],
        logger: logger
    )
    let http = ServiceClient.makeHTTPClient()
    func client(_ name: ServiceName, _ url: String, _ scope: Scope) -> ServiceClient {
        ServiceClient(
            upstream: name.rawValue,
            baseURL: url,
            httpClient: http,
            token: ServiceToken(settings.authentication, name: .order, scopes: [scope])
        )
    }

    let store = OrderStore(mysql: mysql, announce: decisions.announce)
    let relay: any MessageRelay =
        variations.relay?(mysql, producer, Topic.orderEvents, logger)
        ?? OutboxRelay(
            mysql: mysql,
            producer: producer,
            topic: Topic.orderEvents,
            consumer: ConsumerGroup.reservation,
            logger: logger
        )
    let payment = PaymentClient(client: client(.payment, paymentURL, .paymentAuthorize), logger: logger)
    let worker = SagaWorker(
        store: store,
        payment: payment,
        decide: decisions.decide,
        logger: logger,
        committed: { relay.wake() }
    )
    let acceptance = OrderAcceptance(
        store: store,
        reservation: ReservationClient(client: client(.reservation, reservationURL, .reservationConfirm)),
        isSame: decisions.isSame,
        logger: logger,
        accepted: worker.take
    )
    let handler = ReservationEventHandler(mysql: mysql, worker: worker, logger: logger)
    let routes = OrderRoutes(store: store, acceptance: acceptance)
    return ServiceApplication(
        settings: settings,
        readiness: [
            ReadinessCheck(name: "MySQL") { _ = try await mysql.query("SELECT 1 AS one FROM orders LIMIT 1") },
            ReadinessCheck(name: "Kafka") {
                guard consumer.isAssigned else {
                    throw ServiceError(.upstreamUnavailable, "no partitions are assigned yet")
                }
            },
        ],
        background: [
            relay,
            EventConsumer(
                consumer: consumer,
                name: ReservationEventHandler.group,
                logger: logger,
                handle: variations.handling?(handler.handle) ?? handler.handle
            ),
            OutboxLag(mysql: mysql, topic: Topic.orderEvents, logger: logger),
            worker,
        ],
        logger: logger,
        onListening: onListening,
        closing: {
            try? await http.shutdown()
            await producer.close()
            await mysql.close()
        },
        routes: routes.add
    )
}
