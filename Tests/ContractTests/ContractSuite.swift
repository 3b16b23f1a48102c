import Catalog
import Contract
import KafkaClient
import MySQLClient
import NIOHTTP1
import Order
import Payment
import Reservation
import ServiceKit
import Testing
import TicketingTestKit

/// Tests of the contract; one after the other, because faults belong to the payment service's process.
@Suite("The contract", .serialized)
enum ContractTests {}

/// All four services on real stores and the embedded broker; they end with the test process.
final class ContractSuite: Sendable {
    static let shared = Task { try await ContractSuite() }

    let stores: TestStores
    let services: ServiceSet
    let ledger = Ledger()
    private let cluster: EmbeddedKafkaCluster

    private init() async throws {
        let stores = try await TestStores.start()
        let cluster = try EmbeddedKafkaCluster(brokers: 1, topics: Topic.all.map { ($0, partitions: 2) })
        var running: [ServiceName: RunningService] = [:]
        for name in [ServiceName.payment, .catalog, .reservation, .order] {
            var settings = stores.settings(name)
            settings.kafkaBrokers = cluster.bootstrapServers
            settings.reservationURL = running[.reservation]?.url
            settings.paymentURL = running[.payment]?.url
            running[name] = try await RunningService.start { [settings] in try Self.application(settings, $0) }
        }
        self.stores = stores
        self.cluster = cluster
        services = ServiceSet(services: running, ledger: ledger)
        for (name, service) in running {
            let isReady = try await eventually(within: .seconds(30)) {
                try await service.send(.GET, "/readyz").status == 200
            }
            guard isReady else { throw OpenAPIError("\(name) does not become ready") }
        }
    }

    /// Runs other services of these names for as long as `body` takes; they have no broker.
    func withServices<T: Sendable>(
        _ names: [ServiceName] = ServiceName.allCases,
        _ change: (inout ServiceSettings) -> Void,
        _ body: (ServiceSet) async throws -> T
    ) async throws -> T {
        try await nest(names[...], [:], change, body)
    }

    private func nest<T: Sendable>(
        _ names: ArraySlice<ServiceName>,
        _ running: [ServiceName: RunningService],
        _ change: (inout ServiceSettings) -> Void,
        _ body: (ServiceSet) async throws -> T
    ) async throws -> T {
        guard let name = names.first else { return try await body(ServiceSet(services: running, ledger: ledger)) }
        var settings = stores.settings(name)
        // As in production: most of these services wait for a Redis that is not there.
        settings.redisTimeout = .milliseconds(500)
        settings.kafkaBrokers = "127.0.0.1:1"
        settings.reservationURL = services.services[.reservation]?.url
        settings.paymentURL = services.services[.payment]?.url
        change(&settings)
        return try await RunningService.with({ try Self.application(settings, $0) }) { service in
            try await nest(names.dropFirst(), running.merging([name: service]) { $1 }, change, body)
        }
    }

    private static func application(
        _ settings: ServiceSettings,
        _ onListening: @escaping @Sendable (Int) async -> Void
    ) throws -> ServiceApplication {
        switch settings.name {
        case .catalog: try catalogApplication(settings: settings, logger: TestLog.quiet, onListening: onListening)
        case .reservation:
            try reservationApplication(settings: settings, logger: TestLog.quiet, onListening: onListening)
        case .order: try orderApplication(settings: settings, logger: TestLog.quiet, onListening: onListening)
        case .payment: try paymentApplication(settings: settings, logger: TestLog.quiet, onListening: onListening)
        }
    }
}
