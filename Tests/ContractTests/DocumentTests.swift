import Contract
import Foundation
import NIOHTTP1
import ServiceKit
import Testing
import TicketingTestKit

extension ContractTests {
    /// The document itself, and that it is the services'.
    @Suite struct DocumentTests {
        @Test("operations have their own names, references lead somewhere, answers have no room for other fields")
        func structure() {
            #expect(OpenAPIDocument.shared.structuralProblems == [])
        }

        @Test("what is wrong with a document is found")
        func brokenStructure() throws {
            let text = String(decoding: OpenAPI.document, as: UTF8.self)
            let breaks = [
                ("operationId: getEvent\n", "operationId: getSeats\n", "the operationId getSeats is taken twice"),
                ("schemas/SeatMap'", "schemas/SeatPlan'", "#/components/schemas/SeatPlan leads nowhere"),
                ("parameters/SeatId'", "parameters/EventId'", "releaseHold declares"),
            ]
            for (old, new, problem) in breaks {
                let document = try OpenAPIDocument(yaml: text.replacingOccurrences(of: old, with: new))
                #expect(document.structuralProblems.contains { $0.hasPrefix(problem) }, "\(problem)")
            }
            let open = text.replacingOccurrences(of: "additionalProperties: false", with: "additionalProperties: true")
            #expect(try OpenAPIDocument(yaml: open).structuralProblems.contains { $0.hasSuffix("for other fields") })
        }

        @Test(
            "every route of a service is in the document, and every operation is a route",
            arguments: ServiceName.allCases
        )
        func routes(_ name: ServiceName) async throws {
            let service = try #require(try await ContractSuite.shared.value.services.services[name])
            let documented = OpenAPIDocument.shared.operations.filter { $0.services.contains(name) }
                .map { "\($0.method) \($0.path)" }
            #expect(service.routes.names == documented.sorted())
        }

        @Test("every service serves the document", arguments: ServiceName.allCases)
        func served(_ name: ServiceName) async throws {
            let suite = try await ContractSuite.shared.value
            let answer = try await suite.services.send(try ContractCall("getContract"), to: name)
            #expect(answer.headers.first(name: "Content-Type") == "application/yaml")
            #expect(answer.body == Data(OpenAPI.document))
        }

        @Test("the codes and limits of the document are those of the code")
        func constants() throws {
            let document = OpenAPIDocument.shared
            let codes = document.schema("Error")?["properties"]?["code"]?["enum"]?.array?.compactMap(\.string)
            #expect(Set(codes ?? []) == Set(ErrorCode.allCases.map(\.rawValue)))
            let statuses = document.schema("Order")?["properties"]?["status"]?["enum"]?.array?.compactMap(\.string)
            #expect(Set(statuses ?? []) == Set(OrderStatus.allCases.map(\.rawValue)))
            let seconds = document.schema("HoldRequest")?["properties"]?["holdSeconds"]?["maximum"]?.double
            #expect(seconds == Double(Contract.maximumHoldSeconds))
            #expect(document.schema("SeatIds")?["maxItems"]?.double == Double(Contract.maximumSeatsPerOrder))
            for operation in document.operations {
                for (status, response) in operation.responses {
                    for code in document.codes(of: response) {
                        #expect(
                            ErrorCode(rawValue: code).map { String($0.status) } == status,
                            "\(operation.id) \(code)"
                        )
                    }
                }
            }
        }
    }
}
