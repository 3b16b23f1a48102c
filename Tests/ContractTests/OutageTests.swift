import Contract
import MySQLClient
import ServiceKit
import Testing
import TicketingTestKit

extension ContractTests {
    /// What a service answers when what it needs is not there.
    @Suite struct OutageTests {
        /// Operations that ask no store, or ask it only after they have found something else wrong.
        private static let alone: Set = [
            "getHealth", "getMetrics", "getContract", "getFaults", "putFaults", "deleteFaults",
        ]

        @Test("without its stores every operation that needs one is 503 with Retry-After, at once and by itself")
        func storesDown() async throws {
            let suite = try await ContractSuite.shared.value
            let change: (inout ServiceSettings) -> Void = {
                $0.mysqlURL = "mysql://root@127.0.0.1:1/nothing"
                $0.redisURL = "redis://127.0.0.1:1"
            }
            try await suite.withServices(ServiceName.allCases, change) { services in
                for operation in OpenAPIDocument.shared.operations {
                    for name in operation.services {
                        let answer = try await services.send(try ContractCall(operation.id), to: name)
                        let isAlone = Self.alone.contains(operation.id)
                        #expect(answer.code == (isAlone ? nil : "UPSTREAM_UNAVAILABLE"), "\(operation.id) of \(name)")
                    }
                }
            }
        }

        @Test("with Redis alone gone, seats can be neither read nor changed; readiness names it")
        func redisDown() async throws {
            let suite = try await ContractSuite.shared.value
            let event = try await suite.event()
            let change: (inout ServiceSettings) -> Void = { $0.redisURL = "redis://127.0.0.1:1" }
            try await suite.withServices([.catalog, .reservation], change) { services in
                let changes = ["createHold", "extendHold", "releaseHold", "confirmSeat", "pinHolds", "resetEvent"]
                for id in ["getSeats", "streamSeats", "createEvent"] + changes {
                    let answer = try await services.send(try ContractCall(id, event: event))
                    #expect(answer.code == "UPSTREAM_UNAVAILABLE", "\(id)")
                }
                for name in [ServiceName.catalog, .reservation] {
                    let ready = try await services.send(try ContractCall("getReadiness"), to: name)
                    #expect(ready.status == 503)
                    #expect(ready.text.contains("Redis"))
                }
            }
            // Half an event would be listed and never be for sale.
            #expect(
                try await suite.count(
                    "events WHERE title = 'Nabucco' AND epoch = 1 AND id NOT IN (SELECT DISTINCT event_id FROM seats)"
                ) == 0
            )
        }

        @Test("without the reservation service an order is 503, and leaves neither a row nor a bound key")
        func reservationDown() async throws {
            let suite = try await ContractSuite.shared.value
            let event = try await suite.held()
            let key = TestStores.uniqueID("key")
            // The second order service must find no saga to take up: it has no broker.
            #expect(try await suite.quiet())
            let change: (inout ServiceSettings) -> Void = { $0.reservationURL = "http://127.0.0.1:1" }
            try await suite.withServices([.order], change) { services in
                var call = try ContractCall("createOrder", event: event)
                call.headers["Idempotency-Key"] = key
                #expect(try await services.send(call).code == "UPSTREAM_UNAVAILABLE")
            }
            #expect(try await suite.count("orders WHERE event_id = ?", .text(event)) == 0)
            let again = try await suite.call("createOrder", event: event) { $0.headers["Idempotency-Key"] = key }
            #expect(again.status == 201)
        }
    }
}
