import Contract
import TicketingTestKit

extension ContractRow {
    static var order: [ContractRow] {
        [
            ContractRow("createOrder", 201) { suite in
                try await suite.call("createOrder", event: try await suite.held())
            },
            ContractRow("createOrder", 200) { suite in
                let event = try await suite.held()
                let key = TestStores.uniqueID("key")
                let first = try await suite.succeed("createOrder", event: event) { $0.headers["Idempotency-Key"] = key }
                let again = try await suite.call("createOrder", event: event) { $0.headers["Idempotency-Key"] = key }
                guard again.body == first.body else { throw OpenAPIError("another answer: \(again.text)") }
                return again
            },
            ContractRow("createOrder", 404, "NOT_FOUND") { suite in try await suite.call("createOrder") },
            ContractRow("createOrder", 409, "RESERVATION_CONFLICT") { suite in
                try await suite.call("createOrder", event: try await suite.held(by: "bob"))
            },
            ContractRow("createOrder", 410, "HOLD_EXPIRED") { suite in
                try await suite.call("createOrder", event: try await suite.event())
            },
            ContractRow("createOrder", 422, "IDEMPOTENCY_MISMATCH") { suite in
                let event = try await suite.held()
                let key = TestStores.uniqueID("key")
                try await suite.succeed("createOrder", event: event) { $0.headers["Idempotency-Key"] = key }
                return try await suite.call("createOrder", event: event, seat: "R1C2") {
                    $0.headers["Idempotency-Key"] = key
                }
            },
            ContractRow("getOrder", 200) { suite in
                try await suite.call("getOrder", order: try await orderOfAnn(suite))
            },
            ContractRow("getOrder", 403, "FORBIDDEN") { suite in
                try await suite.call("getOrder", order: try await orderOfAnn(suite)) { $0.user = "bob" }
            },
            ContractRow("getOrder", 404, "NOT_FOUND") { suite in try await suite.call("getOrder") },
        ]
    }

    private static func orderOfAnn(_ suite: ContractSuite) async throws -> String {
        try await suite.succeed("createOrder", event: try await suite.held()).json(OrderBody.self).orderId
    }
}
