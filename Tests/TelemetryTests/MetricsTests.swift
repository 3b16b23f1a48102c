import Contract
import Testing
import TicketingTestKit

@testable import Environment

@Suite("Metrics under Prometheus' own eyes", .timeLimit(.minutes(3)))
struct MetricsTests {
    @Test("promtool finds nothing to say about any service's metrics, and Prometheus scrapes all four")
    func scraped() async throws {
        // A collector that is not there, so that dropped spans are counted as well.
        try await withSuite(environment: [OTLPVariable.name: "http://127.0.0.1:1"]) { suite in
            let customer = Customer(suite: suite)
            let event = try await customer.makeEvent(seats: 2)
            let order = try await customer.buy("R1C1", of: event)
            let isConfirmed = try await eventually(within: .seconds(30)) {
                try await customer.status(of: order) == .confirmed
            }
            #expect(isConfirmed)
            for service in ServiceName.allCases {
                try await check(try await customer.metrics(of: service), of: service, suite.supervisor)
            }

            let prometheus = try await PrometheusServer.start(suite.supervisor, scraping: suite.addresses.services)
            let names = Set(ServiceName.allCases.map(\.rawValue))
            let up = Dictionary(uniqueKeysWithValues: names.map { ($0, "up") })
            let isUp = try await eventually(within: .seconds(30)) { try await prometheus.targets() == up }
            let found = try await prometheus.targets()
            #expect(isUp, "\(found)")
            #expect(found.count == ServiceName.allCases.count)
            #expect(try await prometheus.jobs(with: "http_requests_total") == names)
            #expect(try await prometheus.jobs(with: "mysql_pool_size") == names)
            #expect(try await prometheus.jobs(with: "mysql_connections_in_use") == names)
            #expect(try await prometheus.jobs(with: "redis_commands_in_flight") == ["catalog", "reservation"])
            #expect(try await prometheus.jobs(with: "consumer_lag_messages") == ["order", "reservation"])
            #expect(try await prometheus.jobs(with: "otlp_spans_dropped_total") == names)
            #expect(suite.failures.isEmpty)
        }
    }

    /// Pipes the metrics into `promtool check metrics`, which fails on a lint as on an error.
    private func check(_ metrics: String, of service: ServiceName, _ supervisor: Supervisor) async throws {
        let file = "\(supervisor.directory)/\(service.rawValue).metrics"
        try Program.writePrivate(metrics, to: file)
        let promtool = try Program.find("promtool", package: "prometheus")
        let name = "promtool-\(service.rawValue)"
        try await supervisor.run(
            ProcessSpec(
                name: name,
                executable: "/bin/sh",
                arguments: ["-c", #"exec "$0" check metrics < "$1""#, promtool, file],
                logFile: "\(supervisor.directory)/\(name).log"
            ),
            within: .seconds(30)
        )
        #expect(supervisor.logTail(name) == "", "promtool about \(service.rawValue)")
    }
}
