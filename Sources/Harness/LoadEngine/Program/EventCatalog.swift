import Scenario

/// The events made for the run, by template and copy: two array look-ups for an expression.
struct EventCatalog: Sendable {
    private let copies: [[SeededEvent?]]

    /// - Throws: ``SystemFailure`` if an event of the scenario was not made.
    init(templates: [EventTemplate], seeded: [SeededEvent]) throws {
        copies = try templates.map { template in
            let made = seeded.filter { $0.name == template.name }
            let byCopy = (0..<template.copies).map { copy in made.first { $0.copy == copy } }
            guard byCopy.allSatisfy({ $0 != nil }) else {
                let count = byCopy.filter { $0 != nil }.count
                throw SystemFailure(
                    "the scenario wants \(template.copies) copies of event \(template.name), and \(count) were seeded"
                )
            }
            return byCopy
        }
    }

    func value(_ template: Int, copy: Int, field: EventField) -> Value {
        guard copies.indices.contains(template), copies[template].indices.contains(copy) else { return .none }
        return copies[template][copy]?.value(of: field) ?? .none
    }
}
