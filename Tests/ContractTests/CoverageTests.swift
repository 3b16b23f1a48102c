import Contract
import NIOHTTP1
import ServiceKit
import Testing
import TicketingTestKit

extension ContractTests {
    /// Every answer that the document names, given for real.
    @Suite struct CoverageTests {
        /// What the document names and no test can get.
        ///
        /// - Returns: Why not, or nothing when it can be got.
        private func excuse(for answer: DocumentedAnswer) -> String? {
            let inMemory: Set = ["getHealth", "getMetrics", "getContract", "getFaults", "deleteFaults"]
            switch answer.code {
            case "INTERNAL" where answer.operation != "authorizePayment": return "a bug, and none is known"
            case "TIMEOUT" where inMemory.contains(answer.operation):
                return "answers from memory before the shortest deadline"
            default: return nil
            }
        }

        @Test("every status and code that the document names is given over HTTP, and no other")
        func everyAnswer() async throws {
            let suite = try await ContractSuite.shared.value
            for row in ContractRow.all {
                let answer = try await row.provoke(suite)
                let seen = DocumentedAnswer(row.answer.operation, answer.status, answer.code)
                #expect(seen == row.answer, "\(answer.text)")
            }
            try await provokeOverload(suite)
            try await provokeTimeouts(suite)

            let documented = Set(OpenAPIDocument.shared.operations.flatMap(Self.answers))
            let seen = suite.ledger.seen
            #expect(documented.filter { !seen.contains($0) && excuse(for: $0) == nil }.sorted() == [])
            #expect(seen.subtracting(documented).sorted() == [])
            // An excuse for what happens all the same is a wrong one.
            #expect(seen.filter { excuse(for: $0) != nil }.sorted() == [])
        }

        /// The first operation with a body of each service is kept busy, and everything else is then too much.
        private func provokeOverload(_ suite: ContractSuite) async throws {
            let change: (inout ServiceSettings) -> Void = {
                $0.maximumConcurrency = 1
                // Unfinished requests are what keeps them busy.
                $0.requestReadTimeout = .seconds(600)
                // They get as far as the body.
                $0.mysqlURL = "mysql://root@127.0.0.1:1/nothing"
                $0.redisURL = "redis://127.0.0.1:1"
            }
            try await suite.withServices(ServiceName.allCases, change) { services in
                var busy: [UnfinishedRequest] = []
                for operation in ["createEvent", "createHold", "createOrder", "authorizePayment"] {
                    busy.append(try await occupy(services, with: try ContractCall(operation)))
                }
                for operation in OpenAPIDocument.shared.operations {
                    for name in operation.services {
                        let answer = try await services.send(try ContractCall(operation.id), to: name)
                        #expect(answer.code == "UPSTREAM_UNAVAILABLE", "\(operation.id) of \(name)")
                    }
                }
                for request in busy {
                    request.finish()
                    #expect(try await request.response().code == "MALFORMED_REQUEST")
                }
            }
        }

        /// A request that keeps the only place of its service.
        private func occupy(_ services: ServiceSet, with call: ContractCall) async throws -> UnfinishedRequest {
            let service = try services.service(for: call)
            for _ in 0..<10 {
                let request = try UnfinishedRequest(call, in: services)
                let isFull = try await eventually(within: .seconds(2)) {
                    try await service.send(.GET, "/healthz").status == 503
                }
                if isFull { return request }
                // The question above had the place just when the request came, which was refused: once more.
                request.finish()
            }
            throw OpenAPIError("no request of \(call.operation.id) was let in")
        }

        /// Stores that take a connection and say nothing; the caller's deadline passes long before the service's own.
        private func provokeTimeouts(_ suite: ContractSuite) async throws {
            try await DeafServer.with { port in
                let change: (inout ServiceSettings) -> Void = {
                    $0.mysqlURL = "mysql://root@127.0.0.1:\(port)/nothing"
                    $0.redisURL = "redis://127.0.0.1:\(port)"
                }
                try await suite.withServices(ServiceName.allCases, change) { services in
                    for operation in OpenAPIDocument.shared.operations {
                        let row = DocumentedAnswer(operation.id, 504, "TIMEOUT")
                        guard excuse(for: row) == nil else { continue }
                        var call = try ContractCall(operation.id)
                        call.headers["Request-Timeout-Ms"] = "30"
                        if operation.id == "putFaults" {
                            let request = try UnfinishedRequest(call, in: services)
                            #expect(try await request.response().code == "TIMEOUT")
                            request.finish()
                        } else {
                            #expect(try await services.send(call).code == "TIMEOUT", "\(operation.id)")
                        }
                    }
                }
            }
        }

        private static func answers(_ operation: OpenAPIOperation) -> [DocumentedAnswer] {
            operation.responses.flatMap { status, response in
                let status = Int(status) ?? 0
                let codes = OpenAPIDocument.shared.codes(of: response)
                return codes.isEmpty
                    ? [DocumentedAnswer(operation.id, status)]
                    : codes.map { DocumentedAnswer(operation.id, status, $0) }
            }
        }
    }
}
