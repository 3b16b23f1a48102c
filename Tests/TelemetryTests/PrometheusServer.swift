import AsyncHTTPClient
import Foundation
import NIOCore
import NIOHTTP1

@testable import Environment

/// Debian's Prometheus on loopback, scraping what it is told once a second.
struct PrometheusServer {
    private static let package = "prometheus"
    let url: String

    /// Starts it and waits until it is ready; it ends with its supervisor.
    static func start(_ supervisor: Supervisor, scraping targets: [String: String]) async throws -> PrometheusServer {
        let port = try FreePort.next()
        let folder = try Program.folder("prometheus", in: supervisor.directory)
        var configuration = "global:\n  scrape_interval: 1s\n  scrape_timeout: 1s\nscrape_configs:\n"
        for (name, url) in targets.sorted(by: { $0.key < $1.key }) {
            let address = url.replacingOccurrences(of: "http://", with: "")
            configuration += "  - job_name: \(name)\n    static_configs:\n      - targets: ['\(address)']\n"
        }
        try Program.writePrivate(configuration, to: folder + "/prometheus.yml")
        try await supervisor.start(
            ProcessSpec(
                name: "prometheus",
                executable: try Program.find("prometheus", package: package),
                arguments: [
                    "--config.file=\(folder)/prometheus.yml", "--storage.tsdb.path=\(folder)/data",
                    "--web.listen-address=127.0.0.1:\(port)", "--log.level=warn",
                ],
                logFile: supervisor.directory + "/prometheus.log"
            )
        )
        let server = PrometheusServer(url: "http://127.0.0.1:\(port)")
        try await Readiness.wait(for: "prometheus", of: supervisor, within: .seconds(60)) {
            _ = try await server.get("/-/ready")
        }
        return server
    }

    /// The health of each target by its job: `up`, `down` with the reason, or `unknown` before the first scrape.
    func targets() async throws -> [String: String] {
        struct Answer: Decodable {
            struct Content: Decodable { let activeTargets: [Target] }
            struct Target: Decodable {
                let scrapePool: String
                let health: String
                let lastError: String
            }
            let data: Content
        }
        let answer = try JSONDecoder().decode(Answer.self, from: try await get("/api/v1/targets"))
        return Dictionary(
            answer.data.activeTargets.map {
                ($0.scrapePool, $0.lastError.isEmpty ? $0.health : "\($0.health): \($0.lastError)")
            },
            uniquingKeysWith: { $1 }
        )
    }

    /// The jobs that have the metric.
    func jobs(with metric: String) async throws -> Set<String> {
        struct Answer: Decodable {
            struct Content: Decodable { let result: [Series] }
            struct Series: Decodable { let metric: [String: String] }
            let data: Content
        }
        let answer = try JSONDecoder().decode(Answer.self, from: try await get("/api/v1/query?query=\(metric)"))
        return Set(answer.data.result.compactMap { $0.metric["job"] })
    }

    private func get(_ path: String) async throws -> Data {
        let response = try await HTTPClient.shared.execute(HTTPClientRequest(url: url + path), timeout: .seconds(10))
        let bytes = try await response.body.collect(upTo: 1 << 20)
        guard response.status.code == 200 else {
            throw EnvironmentError("GET \(path) of Prometheus", "\(response.status)")
        }
        return Data(bytes.readableBytesView)
    }
}
