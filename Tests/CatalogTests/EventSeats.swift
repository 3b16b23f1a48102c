import Catalog
import Contract
import RedisClient
import Reservation
import ServiceKit
import TicketingTestKit

/// Changes the seats of an event as the reservation service would.
struct EventSeats: Sendable {
    let event: String
    let stores: TestStores
    var epoch: Int64 = 1

    var keys: SeatKeys { SeatKeys(event: event) }
    private var seats: SeatStore { SeatStore(redis: stores.redis) }

    func hold(_ seat: String, by user: String, milliseconds: Int64 = 60_000) async throws {
        _ = try await seats.hold(
            HoldAttempt(
                keys: keys,
                epoch: epoch,
                seat: seat,
                user: user,
                isAnonymous: false,
                token: TestStores.uniqueID("token"),
                milliseconds: milliseconds,
                traceID: ""
            )
        )
    }

    func sell(_ seat: String, by user: String) async throws {
        _ = try await seats.sell(keys, epoch: epoch, seat: seat, user: user, token: "", traceID: "")
    }

    func release(_ seat: String, by user: String) async throws {
        try await seats.release(keys, epoch: epoch, seat: seat, user: user, token: "", traceID: "")
    }
}

/// Runs a catalog service on the shared stores.
func withCatalog<T: Sendable>(_ body: (RunningService, TestStores) async throws -> T) async throws -> T {
    let stores = try await TestStores.shared()
    let settings = stores.settings(.catalog)
    return try await RunningService.with({ onListening in
        try catalogApplication(settings: settings, logger: TestLog.quiet, onListening: onListening)
    }) { service in
        try await body(service, stores)
    }
}
