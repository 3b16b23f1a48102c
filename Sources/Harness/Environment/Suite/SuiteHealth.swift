import Contract

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

    private static func ask(_ name: String, _ url: String, _ path: String) async -> SuiteHealth {
        do {
            let body = try await JSONCaller(base: url, timeout: .seconds(3)).get(path, expecting: 200)
            return SuiteHealth(name: name, url: url, isReady: true, detail: String(decoding: body, as: UTF8.self))
        } catch {
            return SuiteHealth(name: name, url: url, isReady: false, detail: "\(error)")
        }
    }
}
