import Contract
import NIOHTTP1
import ServiceKit
import Testing
import TicketingTestKit

extension ContractRow {
    static var catalog: [ContractRow] {
        common + [
            ContractRow("listEvents", 200) { suite in
                _ = try await suite.event()
                return try await suite.call("listEvents")
            },
            ContractRow("createEvent", 201) { suite in try await suite.call("createEvent") },
            ContractRow("getEvent", 200) { suite in try await suite.call("getEvent", event: try await suite.event()) },
            ContractRow("getEvent", 404, "NOT_FOUND") { suite in try await suite.call("getEvent") },
            ContractRow("getSeats", 200) { suite in try await suite.call("getSeats", event: try await suite.held()) },
            ContractRow("getSeats", 304) { suite in
                let event = try await suite.held()
                let tag = try await suite.succeed("getSeats", event: event).headers.first(name: "ETag")
                return try await suite.call("getSeats", event: event) { $0.headers["If-None-Match"] = tag }
            },
            ContractRow("getSeats", 404, "NOT_FOUND") { suite in try await suite.call("getSeats") },
            ContractRow("streamSeats", 200) { suite in
                let event = try await suite.event()
                return try await suite.stream(event, events: 1) {}
            },
            ContractRow("streamSeats", 404, "NOT_FOUND") { suite in try await suite.call("streamSeats") },
            ContractRow("resetEvent", 200) { suite in
                try await suite.call("resetEvent", event: try await suite.held())
            },
            ContractRow("resetEvent", 404, "NOT_FOUND") { suite in try await suite.call("resetEvent") },
            ContractRow("resetEvent", 409, "RESERVATION_CONFLICT") { suite in
                let event = try await suite.event()
                // What another process holds while it resets the event.
                let answer = try await EventLock.with(event, in: suite.stores.mysql) {
                    try await suite.call("resetEvent", event: event)
                }
                return try #require(answer)
            },
        ]
    }

    /// What is asked of all four services; the answer is the last one's.
    private static var common: [ContractRow] {
        ["getHealth", "getReadiness", "getMetrics", "getContract"].map { id in
            ContractRow(id, 200) { suite in
                for name in [ServiceName.catalog, .reservation, .order] {
                    _ = try await suite.services.send(try ContractCall(id), to: name)
                }
                return try await suite.services.send(try ContractCall(id), to: .payment)
            }
        }
    }
}
