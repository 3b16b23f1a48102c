import Foundation

/// What faults may leave behind of rules and processes.
package struct SuiteLeftovers: Sendable {
    private let supervisor: Supervisor
    private let addresses: SuiteAddresses

    /// Looks at a suite that `supervisor` holds.
    package init(_ supervisor: Supervisor, _ addresses: SuiteAddresses) {
        self.supervisor = supervisor
        self.addresses = addresses
    }

    /// What is not as in a suite at rest: toxics and rules in force, processes that are stopped or gone, a sentence each.
    package func all() async -> [String] {
        var left: [String] = []
        for group in addresses.processGroups {
            let now = supervisor.groups.first { $0.name == group.name }
            switch now.flatMap({ ProcessState.of($0.id) }) {
            case nil, .dead: left.append("\(group.name) does not run")
            case .stopped: left.append("\(group.name) is stopped")
            case .alive: break
            }
        }
        guard let proxy = addresses.proxy else { return left }
        do {
            let api = JSONCaller(base: proxy)
            let proxies = try await api.get("/proxies", expecting: 200)
            for proxy in try JSONDecoder().decode([String: ListedProxy].self, from: proxies).values {
                if !proxy.enabled { left.append("the proxy \(proxy.name) is off") }
                for toxic in proxy.toxics { left.append("the proxy \(proxy.name) has the toxic \(toxic.name)") }
            }
            let rules = try await api.get("/chaos/v1/rules", expecting: 200)
            for rule in try JSONDecoder().decode([ListedRule].self, from: rules) where rule.active {
                left.append("the proxy \(rule.proxy) has the rule \(rule.name)")
            }
        } catch {
            left.append("the fault proxy cannot be asked: \(error)")
        }
        return left.sorted()
    }

    /// What of `GET /proxies` is wanted.
    private struct ListedProxy: Decodable {
        struct Toxic: Decodable {
            var name: String
        }
        var name: String
        var enabled: Bool
        var toxics: [Toxic]
    }

    /// What of `GET /chaos/v1/rules` is wanted.
    private struct ListedRule: Decodable {
        var name: String
        var proxy: String
        var active: Bool
    }
}
