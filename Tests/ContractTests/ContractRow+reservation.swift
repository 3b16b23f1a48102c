import TicketingTestKit

extension ContractRow {
    static var reservation: [ContractRow] {
        [
            ContractRow("createHold", 201) { suite in
                try await suite.call("createHold", event: try await suite.event())
            },
            ContractRow("createHold", 404, "NOT_FOUND") { suite in try await suite.call("createHold") },
            ContractRow("createHold", 409, "RESERVATION_CONFLICT") { suite in
                try await suite.call("createHold", event: try await suite.held(by: "bob"))
            },
            ContractRow("pinHolds", 200) { suite in try await suite.call("pinHolds", event: try await suite.held()) },
            ContractRow("pinHolds", 403, "NOT_HOLDER") { suite in
                try await suite.call("pinHolds", event: try await suite.held(by: "bob"))
            },
            ContractRow("pinHolds", 404, "NOT_FOUND") { suite in try await suite.call("pinHolds") },
            ContractRow("pinHolds", 409, "RESERVATION_CONFLICT") { suite in
                try await suite.call("pinHolds", event: try await suite.pinned(to: "another-order"))
            },
            ContractRow("pinHolds", 410, "HOLD_EXPIRED") { suite in
                try await suite.call("pinHolds", event: try await suite.event())
            },
            ContractRow("extendHold", 200) { suite in
                try await suite.call("extendHold", event: try await suite.held())
            },
            ContractRow("releaseHold", 204) { suite in
                try await suite.call("releaseHold", event: try await suite.held())
            },
            ContractRow("confirmSeat", 200) { suite in
                let order = TestStores.uniqueID("order")
                return try await suite.call("confirmSeat", event: try await suite.pinned(to: order), order: order)
            },
            ContractRow("confirmSeat", 403, "NOT_HOLDER") { suite in
                try await suite.call("confirmSeat", event: try await suite.pinned(to: "another-order"))
            },
            ContractRow("confirmSeat", 409, "RESERVATION_CONFLICT") { suite in
                try await suite.call("confirmSeat", event: try await suite.held())
            },
        ] + ofTheHolder
    }

    /// What is refused alike, whatever is to be done with a hold.
    private static var ofTheHolder: [ContractRow] {
        let changes = ["extendHold", "releaseHold"].flatMap { id in
            [
                ContractRow(id, 403, "NOT_HOLDER") { suite in
                    try await suite.call(id, event: try await suite.held(by: "bob"))
                },
                ContractRow(id, 409, "RESERVATION_CONFLICT") { suite in
                    try await suite.call(id, event: try await suite.pinned(to: "an-order"))
                },
            ]
        }
        return changes
            + ["extendHold", "releaseHold", "confirmSeat"].flatMap { id in
                [
                    ContractRow(id, 404, "NOT_FOUND") { suite in
                        try await suite.call(id, event: try await suite.event(), seat: "R9C9")
                    },
                    ContractRow(id, 410, "HOLD_EXPIRED") { suite in
                        try await suite.call(id, event: try await suite.event())
                    },
                ]
            }
    }
}
