import AsyncHTTPClient
import Contract
import NIOCore
import NIOHTTP1

/// Whether one part of a suite answers.
package struct SuiteHealth: Sendable, Codable, Equatable {
    package let name: String
    package let url: String
    package let isReady: Bool
    /// What it answered, or why it did not.
    package let detail: String

    /// Asks the gateway for `/healthz` and each service for `/readyz`, all at once.
    package static func check(_ addresses: SuiteAddresses) async -> [SuiteHealth] {
        await withTaskGroup(of: (Int, SuiteHealth).self) { group in
            group.addTask { (0, await ask("gateway", addresses.gateway, "/healthz")) }
            for (index, service) in ServiceName.allCases.enumerated() {
                group.addTask { (index + 1, await ask(service.rawValue, addresses.url(of: service), "/readyz")) }
            }
            let answers = await group.reduce(into: []) { $0.append($1) }
            return answers.sorted { $0.0 < $1.0 }.map(\.1)
        }
    }

    /// Whether a server that need not know the suite's routes answers at all: any status will do.
    package static func ofServer(_ url: String) async -> SuiteHealth {
        var request = HTTPClientRequest(url: url + "/")
        request.method = .HEAD
        do {
            let answer = try await HTTPClient.shared.execute(request, timeout: .seconds(3))
            return SuiteHealth(name: "server", url: url, isReady: true, detail: "status \(answer.status.code)")
        } catch {
            return SuiteHealth(name: "server", url: url, isReady: false, detail: "could not HEAD \(url)/: \(error)")
        }
    }

    private static func ask(_ name: String, _ url: String, _ path: String) async -> SuiteHealth {
        do {
            let body = try await JSONCaller(base: url, timeout: .seconds(3)).get(path, expecting: 200)
            return SuiteHealth(name: name, url: url, isReady: true, detail: String(decoding: body, as: UTF8.self))
        } catch {
            return SuiteHealth(name: name, url: url, isReady: false, detail: "\(error)")
        }
    }
}
