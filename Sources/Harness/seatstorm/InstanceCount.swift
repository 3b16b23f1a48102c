import ArgumentParser
import Contract

/// `order=2`: how many processes of a service run side by side.
struct InstanceCount: ExpressibleByArgument {
    /// Payment is left out: its faults are set in one process, and would be half of what a scenario asks for.
    private static let services: [ServiceName] = [.catalog, .reservation, .order]
    private static let range = 1...16

    let service: ServiceName
    let count: Int

    init?(argument: String) {
        let parts = argument.split(separator: "=", maxSplits: 1).map(String.init)
        guard parts.count == 2, let service = Self.services.first(where: { $0.rawValue == parts[0] }),
            let count = Int(parts[1]), Self.range.contains(count)
        else { return nil }
        self.service = service
        self.count = count
    }

    /// What was said last of each service.
    static func table(_ counts: [InstanceCount]) -> [ServiceName: Int] {
        Dictionary(counts.map { ($0.service, $0.count) }, uniquingKeysWith: { $1 })
    }
}
