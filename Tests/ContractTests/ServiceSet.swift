import Contract
import NIOHTTP1
import TicketingTestKit

/// Services that run together.
struct ServiceSet: Sendable {
    let services: [ServiceName: RunningService]
    /// Where every answer is written down.
    let ledger: Ledger

    /// Sends `call` to `name`, or to the first service that answers such calls.
    func send(_ call: ContractCall, to name: ServiceName? = nil) async throws -> TestAnswer {
        let answer = try await service(for: call, name).send(
            HTTPMethod(rawValue: call.operation.method),
            call.path,
            token: try call.token(),
            headers: call.headers,
            body: call.body
        )
        ledger.record(DocumentedAnswer(call.operation.id, answer.status, answer.code))
        return answer
    }

    func service(for call: ContractCall, _ name: ServiceName? = nil) throws -> RunningService {
        guard let name = name ?? call.operation.services.first, let service = services[name] else {
            throw OpenAPIError("no service of these answers \(call.operation.id)")
        }
        return service
    }
}
