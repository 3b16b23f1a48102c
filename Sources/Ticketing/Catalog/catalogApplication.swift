import Contract
import Hummingbird
import Logging
import MySQLClient
import RedisClient
import ServiceKit

/// The catalog service: events, seat maps, the stream of changes, and their administration.
///
/// - Parameters:
///   - settings: Needs `REDIS_URL` and `MYSQL_URL`.
///   - variations: What a build with a seeded bug changes.
///   - logger: For what belongs to no request.
///   - onListening: Called with the port once it is bound.
/// - Returns: The process, not yet running.
/// - Throws: When a URL cannot be read; a store that is down is waited for.
package func catalogApplication(
    settings: ServiceSettings,
    variations: TicketingVariations = .none,
    logger: Logger = Logger(label: "ticketing.catalog"),
    onListening: @escaping @Sendable (Int) async -> Void = { _ in }
) throws -> ServiceApplication {
    if let bug = variations.bug { logger.warning("this build has a seeded bug", metadata: ["bug": "\(bug)"]) }
    let redis = try settings.openRedis(logger: logger)
    let mysql = try settings.openMySQL(logger: logger)
    let events = EventStore(mysql: mysql)
    let maps = SeatMapReader(redis: redis, events: events)
    let hub = FeedHub(configuration: redis.configuration, altering: variations.seatLog, logger: logger)
    let stream = SeatStreamRoute(hub: hub, maps: maps, redis: redis)
    return ServiceApplication(
        settings: settings,
        readiness: [
            ReadinessCheck(name: "Redis") { _ = try await redis.send("PING") },
            ReadinessCheck(name: "MySQL") { _ = try await mysql.query("SELECT 1 AS one FROM events LIMIT 1") },
        ],
        background: [hub],
        logger: logger,
        onListening: onListening,
        closing: {
            await redis.close()
            await mysql.close()
        },
        routes: { router in
            CatalogRoutes(events: events, maps: maps).add(to: router)
            AdminRoutes(events: events, opening: EventOpening(redis: redis)).add(to: router)
            router.get("api/events/{eventId}/seats/stream", use: stream.stream)
        }
    )
}
