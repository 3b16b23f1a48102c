import Contract
import TicketingTestKit

/// What every operation answers, or every operation with a body, or a token.
extension ContractRow {
    static var everywhere: [ContractRow] {
        OpenAPIDocument.shared.operations.flatMap { operation in
            let id = operation.id
            var rows = [
                ContractRow(id, 422, "VALIDATION_FAILED") { suite in
                    try await suite.call(id) { $0.headers["Request-Timeout-Ms"] = "soon" }
                }
            ]
            if let scopes = operation.scopes {
                rows.append(
                    ContractRow(id, 401, "UNAUTHENTICATED") { suite in try await suite.call(id) { $0.scopes = nil } }
                )
                if !scopes.isEmpty {
                    // Every other scope together is not the one.
                    let others = Scope.allCases.filter { !scopes.contains($0) }
                    rows.append(
                        ContractRow(id, 403, "FORBIDDEN") { suite in try await suite.call(id) { $0.scopes = others } }
                    )
                }
            }
            if operation.bodySchema != nil {
                rows += [
                    ContractRow(id, 400, "MALFORMED_REQUEST") { suite in
                        try await suite.call(id) { $0.body = "{\"eventId\":" }
                    },
                    ContractRow(id, 413, "PAYLOAD_TOO_LARGE") { suite in
                        try await suite.call(id) { $0.body = String(repeating: " ", count: 65_537) }
                    },
                ]
            }
            return rows
        }
    }
}
