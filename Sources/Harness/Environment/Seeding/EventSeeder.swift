import Contract
import Foundation
import Scenario

/// Makes the events of a run through the catalog's admin calls.
package struct EventSeeder: Sendable {
    private let caller: JSONCaller
    private let path: String

    /// How many events are made at a time.
    private static let concurrency = 8
    /// How often a call is tried that met a suite which does not answer yet.
    private static let attempts = 5
    /// Some day in the future, so that the events are for sale.
    private static let date = "2099-12-31T20:00:00.000Z"

    /// - Parameters:
    ///   - gateway: URL without a trailing slash.
    ///   - tokens: nil where authentication is off.
    package init(gateway: String, tokens: TokenMinter?) {
        caller = JSONCaller(
            base: gateway,
            token: tokens?.token(user: "seatstorm-seeder", scopes: [.admin]),
            timeout: .seconds(30)
        )
        path = ServiceName.catalog.gatewayPrefix + "/api"
    }

    /// Makes every copy of every template; the events are in the order of the templates, then of their copies.
    package func seed(_ templates: [EventTemplate]) async throws -> [SeededEvent] {
        let wanted = templates.flatMap { template in (0..<template.copies).map { (template, $0) } }
        return try await concurrently(wanted) { template, copy in try await create(template, copy: copy) }
    }

    /// Frees every seat of every event; returns how many events there are.
    package func resetAll() async throws -> Int {
        let body = try await caller.get("\(path)/events", expecting: 200)
        let events = try JSONDecoder().decode([EventBody].self, from: body)
        _ = try await concurrently(events.map(\.id)) { id in try await reset(id) }
        return events.count
    }

    /// Frees every seat of one event.
    package func reset(_ event: String) async throws {
        try await retrying("reset the event \(event)") {
            do {
                _ = try await caller.post("\(path)/admin/events/\(event)/reset", expecting: 204)
            } catch let error as CallError where error.status == 200 {
                // A body that says what was reset is as good.
            }
        }
    }

    private func create(_ template: EventTemplate, copy: Int) async throws -> SeededEvent {
        let request = CreateEventRequest(
            title: "\(template.name) \(copy)",
            description: "made by seatstorm",
            dateTime: Self.date,
            rows: template.rows,
            cols: template.columns,
            price: template.price
        )
        // Trying again may leave an event that nobody uses, which does no harm.
        let event = try await retrying("make the event \(template.name) (copy \(copy))") {
            let body = try await caller.post("\(path)/admin/events", request, expecting: 201)
            return try JSONDecoder().decode(EventBody.self, from: body)
        }
        let seats = (1...template.rows).flatMap { row in
            (1...template.columns).map { CreateEventRequest.seatID(row: row, column: $0) }
        }
        return SeededEvent(
            name: template.name,
            copy: copy,
            id: event.id,
            seats: seats,
            rows: template.rows,
            columns: template.columns,
            price: template.price
        )
    }

    private func retrying<T>(_ action: String, _ call: () async throws -> T) async throws -> T {
        var attempt = 1
        while true {
            do { return try await call() } catch {
                let isTransient = (error as? CallError)?.isTransient ?? false
                guard isTransient, attempt < Self.attempts else {
                    throw EnvironmentError(action, "\(error)", advice: "look at the logs of catalog and its stores")
                }
                try await Task.sleep(for: .milliseconds(100 << attempt))
                attempt += 1
            }
        }
    }

    /// Maps with ``concurrency`` calls in flight; keeps the order.
    private func concurrently<Item: Sendable, Result: Sendable>(
        _ items: [Item],
        _ call: @escaping @Sendable (Item) async throws -> Result
    ) async throws -> [Result] {
        try await withThrowingTaskGroup(of: (Int, Result).self) { group in
            var results: [Int: Result] = [:]
            for (index, item) in items.enumerated() {
                if index >= Self.concurrency, let (done, result) = try await group.next() { results[done] = result }
                group.addTask { (index, try await call(item)) }
            }
            for try await (done, result) in group { results[done] = result }
            return items.indices.compactMap { results[$0] }
        }
    }
}
