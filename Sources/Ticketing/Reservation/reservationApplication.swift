import Contract
import KafkaClient
import Logging
import MySQLClient
import RedisClient
import ServiceKit

/// The reservation service: holds, pins, sales, the sweeper, and its part of the saga.
///
/// - Parameters:
///   - settings: Needs `REDIS_URL`, `MYSQL_URL` and `KAFKA_BROKERS`.
///   - variations: What a build with a seeded bug changes.
///   - logger: For what belongs to no request.
///   - onListening: Called with the port once it is bound.
/// - Returns: The process, not yet running.
/// - Throws: When a URL cannot be read; a store that is down is waited for.
package func reservationApplication(
    settings: ServiceSettings,
    variations: TicketingVariations = .none,
    logger: Logger = Logger(label: "ticketing.reservation"),
    onListening: @escaping @Sendable (Int) async -> Void = { _ in }
) throws -> ServiceApplication {
    if let bug = variations.bug { logger.warning("this build has a seeded bug", metadata: ["bug": "\(bug)"]) }
    let redis = try settings.openRedis(logger: logger)
    let mysql = try settings.openMySQL(logger: logger)
    let kafka = try settings.kafkaConfiguration()
    let producer = try KafkaProducer(kafka, logger: logger)
    let consumer = try KafkaConsumer(
        kafka,
        groupID: OrderEventHandler.consumer,
        topics: [Topic.orderEvents],
        logger: logger
    )

    let seats = SeatStore(redis: redis, variations: variations)
    let relay: any MessageRelay =
        variations.relay?(mysql, producer, Topic.reservationEvents, logger)
        ?? OutboxRelay(
            mysql: mysql,
            producer: producer,
            topic: Topic.reservationEvents,
            consumer: ConsumerGroup.order,
            logger: logger
        )
    let restorer = SeatRestorer(
        seats: seats,
        redis: redis,
        mysql: mysql,
        remembering: variations.remembering,
        logger: logger
    )
    let epochs = EpochCache(mysql: mysql, lost: restorer.report)
    let handler = OrderEventHandler(
        seats: seats,
        epochs: epochs,
        mysql: mysql,
        logger: logger,
        answered: { relay.wake() }
    )
    let routes = ReservationRoutes(seats: seats, epochs: epochs, mysql: mysql)
    return ServiceApplication(
        settings: settings,
        readiness: [
            ReadinessCheck(name: "Redis") { _ = try await redis.send("PING") },
            ReadinessCheck(name: "MySQL") { _ = try await mysql.query("SELECT 1 AS one FROM events LIMIT 1") },
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
                name: OrderEventHandler.consumer,
                logger: logger,
                handle: variations.handling?(handler.handle) ?? handler.handle
            ),
            restorer,
            HoldSweeper(seats: seats, mysql: mysql, logger: logger, lost: restorer.report),
        ] + (variations.background?(redis) ?? []),
        logger: logger,
        onListening: onListening,
        closing: {
            await producer.close()
            await redis.close()
            await mysql.close()
        },
        routes: routes.add
    )
}
