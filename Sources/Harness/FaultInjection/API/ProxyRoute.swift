import Foundation
import HTTPTypes

/// The paths of the API.
///
/// Toxiproxy's, and our own under `/chaos/v1`.
enum ProxyRoute: Equatable {
    case proxies
    case populate
    case proxy(String)
    case toxics(String)
    case toxic(String, String)
    case reset
    case version
    case metrics
    case toxicRecords
    case leasedToxics(String)
    case ruleRecords
    case rules(String)
    case rule(String, String)
    case down(String)
    case outage(String, String)

    /// - Returns: nil for a path that the API does not have.
    init?(path: String) {
        let parts = path.split(separator: "/").map { String($0).removingPercentEncoding ?? String($0) }
        switch (parts.count, parts.first) {
        case (1, "proxies"): self = .proxies
        case (1, "populate"): self = .populate
        case (1, "reset"): self = .reset
        case (1, "version"): self = .version
        case (1, "metrics"): self = .metrics
        case (2, "proxies"): self = .proxy(parts[1])
        case (3, "proxies") where parts[2] == "toxics": self = .toxics(parts[1])
        case (4, "proxies") where parts[2] == "toxics": self = .toxic(parts[1], parts[3])
        case (3, "chaos") where parts[1...] == ["v1", "toxics"]: self = .toxicRecords
        case (5, "chaos") where parts[1...2] == ["v1", "proxies"] && parts[4] == "toxics":
            self = .leasedToxics(parts[3])
        case (3, "chaos") where parts[1...] == ["v1", "rules"]: self = .ruleRecords
        case (5, "chaos") where parts[1...2] == ["v1", "proxies"] && parts[4] == "rules": self = .rules(parts[3])
        case (6, "chaos") where parts[1...2] == ["v1", "proxies"] && parts[4] == "rules":
            self = .rule(parts[3], parts[5])
        case (5, "chaos") where parts[1...2] == ["v1", "proxies"] && parts[4] == "down": self = .down(parts[3])
        case (6, "chaos") where parts[1...2] == ["v1", "proxies"] && parts[4] == "down":
            self = .outage(parts[3], parts[5])
        default: return nil
        }
    }

    var methods: [HTTPRequest.Method] {
        switch self {
        case .proxies, .toxics, .rules: [.get, .post]
        case .populate, .reset, .leasedToxics: [.post]
        case .proxy, .toxic: [.get, .post, .patch, .delete]
        case .rule: [.get, .delete]
        case .down: [.post, .delete]
        case .outage: [.delete]
        case .version, .metrics, .toxicRecords, .ruleRecords: [.get]
        }
    }
}
