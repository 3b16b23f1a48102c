import AsyncHTTPClient
import Contract
import Foundation
import NIOCore
import NIOHTTP1
import TicketingTestKit

extension ContractSuite {
    /// Reads the stream of `event` until it has sent that many events.
    ///
    /// The answer has a body that ends where reading did; `change` is called after the first event.
    func stream(_ event: String, events: Int, _ change: () async throws -> Void) async throws -> TestAnswer {
        let call = try ContractCall("streamSeats", event: event)
        let request = HTTPClientRequest(url: try services.service(for: call).url + call.path)
        let response = try await RunningService.client.execute(request, timeout: .seconds(20))
        var body = Data()
        for try await chunk in response.body {
            let before = Self.events(body).count
            body.append(contentsOf: chunk.readableBytesView)
            if before == 0, !Self.events(body).isEmpty { try await change() }
            if Self.events(body).count >= events { break }
        }
        let answer = TestAnswer(status: Int(response.status.code), headers: response.headers, body: body)
        ContractChecker.shared.hold(
            ContractExchange(
                service: .catalog,
                method: "GET",
                path: call.path,
                status: answer.status,
                headers: answer.headers,
                body: body
            )
        )
        ledger.record(DocumentedAnswer("streamSeats", answer.status))
        return answer
    }

    /// The complete events of a stream: their names and data.
    static func events(_ body: Data) -> [(name: String, data: String)] {
        let blocks = String(decoding: body, as: UTF8.self).components(separatedBy: "\n\n").dropLast()
        return blocks.compactMap { block in
            let fields = Dictionary(
                block.split(separator: "\n").compactMap { line -> (String, String)? in
                    guard let colon = line.range(of: ": "), colon.lowerBound > line.startIndex else { return nil }
                    return (String(line[..<colon.lowerBound]), String(line[colon.upperBound...]))
                },
                uniquingKeysWith: { first, _ in first }
            )
            guard let name = fields["event"], let data = fields["data"] else { return nil }
            return (name, data)
        }
    }
}
