import Contract
import Foundation
import MySQLClient
import ServiceKit
import TicketingTestKit

/// What the tests do again and again.
extension ContractSuite {
    /// An event whose seats are `R1C1` to `R1C4`.
    func event() async throws -> String {
        try await stores.makeEvent(seats: (1...4).map { CreateEventRequest.seatID(row: 1, column: $0) })
    }

    /// Sends the request that `change` makes of a plain one.
    func call(
        _ id: String,
        event: String = "ev-none",
        seat: String = "R1C1",
        order: String? = nil,
        _ change: (inout ContractCall) -> Void = { _ in }
    ) async throws -> TestAnswer {
        var call = try ContractCall(id, event: event, seat: seat, order: order)
        change(&call)
        return try await services.send(call)
    }

    /// An event whose seat `R1C1` the user holds.
    func held(by user: String = "ann") async throws -> String {
        let event = try await event()
        try await succeed("createHold", event: event) { $0.user = user }
        return event
    }

    /// An event whose seat `R1C1` ann holds, pinned to `order`.
    func pinned(to order: String) async throws -> String {
        let event = try await held()
        try await succeed("pinHolds", event: event, order: order)
        return event
    }

    /// Sends a request that must not be refused.
    @discardableResult
    func succeed(
        _ id: String,
        event: String = "ev-none",
        seat: String = "R1C1",
        order: String? = nil,
        _ change: (inout ContractCall) -> Void = { _ in }
    ) async throws -> TestAnswer {
        let answer = try await call(id, event: event, seat: seat, order: order, change)
        guard (200..<300).contains(answer.status) else {
            throw OpenAPIError("\(id) was refused: \(answer.status) \(answer.text)")
        }
        return answer
    }

    /// Puts faults on the payment service for as long as `body` takes; no saga is under way then, so all it counts is the test's.
    func withFaults<T>(_ faults: String, _ body: () async throws -> T) async throws -> T {
        guard try await quiet() else { throw OpenAPIError("there are orders that do not end") }
        try await succeed("putFaults") { $0.body = faults }
        let outcome: Result<T, any Error>
        do {
            outcome = .success(try await body())
        } catch {
            outcome = .failure(error)
        }
        try await succeed("deleteFaults")
        return try outcome.get()
    }

    /// One number that a query gives.
    func count(_ sql: String, _ values: MySQLValue...) async throws -> Int64 {
        try await stores.mysql.query("SELECT COUNT(*) AS n FROM \(sql)", values).first?.int("n") ?? -1
    }

    /// Waits until every order has ended.
    func quiet() async throws -> Bool {
        try await eventually(within: .seconds(40)) {
            try await count("orders WHERE status NOT IN ('CONFIRMED', 'CANCELLED', 'REFUNDED')") == 0
        }
    }
}
