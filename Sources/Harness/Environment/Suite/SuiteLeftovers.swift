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

    /// What is not as in a suite at rest: toxics in force, processes that are stopped or gone, a sentence each.
    package func all() async -> [String] {
        var left: [String] = []
        for group in addresses.processGroups {
            let now = supervisor.groups.first { $0.name == group.name }
            switch now.flatMap({ Self.state(of: $0.id) }) {
            case nil: left.append("\(group.name) does not run")
            case "T", "t": left.append("\(group.name) is stopped")
            default: break
            }
        }
        guard let proxy = addresses.proxy else { return left }
        do {
            let data = try await JSONCaller(base: proxy).get("/proxies", expecting: 200)
            for proxy in try JSONDecoder().decode([String: ListedProxy].self, from: data).values {
                if !proxy.enabled { left.append("the proxy \(proxy.name) is off") }
                for toxic in proxy.toxics { left.append("the proxy \(proxy.name) has the toxic \(toxic.name)") }
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

    /// The state in `/proc/<pid>/stat`, `T` for stopped; nil when there is no such process or it has ended.
    private static func state(of pid: Int32) -> Substring? {
        guard let stat = try? String(contentsOfFile: "/proc/\(pid)/stat", encoding: .utf8),
            let end = stat.lastIndex(of: ")")
        else { return nil }
        let state = stat[stat.index(after: end)...].split(separator: " ").first
        return state == "Z" || state == "X" ? nil : state
    }
}
