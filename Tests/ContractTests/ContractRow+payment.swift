import TicketingTestKit

extension ContractRow {
    static var payment: [ContractRow] {
        [
            ContractRow("authorizePayment", 200) { suite in try await suite.call("authorizePayment") },
            ContractRow("authorizePayment", 500, "INTERNAL") { suite in
                try await suite.withFaults(#"{"errorRate":1}"#) { try await suite.call("authorizePayment") }
            },
            ContractRow("getPayment", 200) { suite in
                let order = TestStores.uniqueID("order")
                try await suite.succeed("authorizePayment", order: order)
                return try await suite.call("getPayment", order: order)
            },
            ContractRow("getPayment", 404, "NOT_FOUND") { suite in try await suite.call("getPayment") },
            ContractRow("refundPayment", 200) { suite in try await suite.call("refundPayment") },
            ContractRow("refundPayment", 404, "NOT_FOUND") { suite in
                // No order has so long an id.
                try await suite.call("refundPayment", order: String(repeating: "o", count: 129))
            },
            ContractRow("putFaults", 200) { suite in
                let answer = try await suite.call("putFaults")
                try await suite.succeed("deleteFaults")
                return answer
            },
            ContractRow("getFaults", 200) { suite in try await suite.call("getFaults") },
            ContractRow("deleteFaults", 200) { suite in try await suite.call("deleteFaults") },
        ]
    }
}
