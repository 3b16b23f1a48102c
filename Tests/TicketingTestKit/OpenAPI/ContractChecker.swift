import Contract
import Foundation
import NIOHTTP1
import Testing

/// Holds requests and answers against the contract's OpenAPI document.
package struct ContractChecker: Sendable {
    package static let shared = ContractChecker(.shared)

    let document: OpenAPIDocument
    let schemas: SchemaChecker

    package init(_ document: OpenAPIDocument) {
        self.document = document
        schemas = SchemaChecker(document)
    }

    /// Answers that no operation names: to requests that reach none, or do not arrive whole.
    static let ownResponses: Set = ["NoSuchRoute", "MethodNotAllowed", "RequestTimeout", "HeadersTooLarge"]

    /// Records an issue for everything in which `exchange` differs from the document.
    package func hold(_ exchange: ContractExchange) {
        for problem in problems(of: exchange) { Issue.record("contract: \(problem)") }
    }

    /// What differs from the document.
    package func problems(of exchange: ContractExchange) -> [String] {
        let place = "\(exchange.service.rawValue): \(exchange.method) \(exchange.path) → \(exchange.status)"
        let path = exchange.path.split(separator: "?").first.map(String.init) ?? "/"
        let onPath = document.operations(of: exchange.service, on: path)
        guard let operation = onPath.first(where: { $0.method == exchange.method }) else {
            return routeProblems(exchange, Set(onPath.map(\.method)).sorted()).map { "\(place): \($0)" }
        }
        if let name = Self.ofUnreadRequests[exchange.status], let response = document.response(name) {
            return responseProblems(exchange, document.resolve(response)).map { "\(place): \($0)" }
        }
        guard let response = operation.responses[String(exchange.status)] else {
            return ["\(place) \(exchange.code ?? ""): \(operation.id) has no such status in the document"]
        }
        let problems =
            responseProblems(exchange, document.resolve(response))
            + judge(exchange, operation, requestProblems(exchange, operation, path: path))
        return problems.map { "\(place): \($0)" }
    }

    /// What is wrong with an answer to a request that the document does not have.
    private func routeProblems(_ exchange: ContractExchange, _ methods: [String]) -> [String] {
        let names = [
            methods.isEmpty ? "NoSuchRoute" : "MethodNotAllowed", "Unavailable", "ValidationFailed", "Timeout",
        ]
        let codes = [methods.isEmpty ? 404 : 405, 503, 422, 504]
        guard let index = codes.firstIndex(of: exchange.status), let response = document.response(names[index]) else {
            return ["the document has no such operation, so this must be \(codes[0])"]
        }
        var problems = responseProblems(exchange, document.resolve(response))
        let allow = methods.joined(separator: ", ")
        if exchange.status == 405, exchange.headers.first(name: "Allow") != allow {
            problems.append("Allow is \(exchange.headers.first(name: "Allow") ?? "missing"), not \(allow)")
        }
        return problems
    }

    private static let ofUnreadRequests = [408: "RequestTimeout", 431: "HeadersTooLarge"]

    private func responseProblems(_ exchange: ContractExchange, _ response: JSONValue) -> [String] {
        var problems: [String] = []
        for (name, header) in response["headers"]?.object ?? [:] {
            let header = document.resolve(header)
            if let value = exchange.headers.first(name: name) {
                problems += schemas.textProblems(value, header["schema"] ?? .null, at: name)
            } else if header["required"]?.bool == true {
                problems.append("the header \(name) is missing")
            }
        }
        guard let contents = response["content"]?.object else {
            return problems + (exchange.body.isEmpty ? [] : ["there is a body, and the document has none"])
        }
        let type = exchange.headers.first(name: "Content-Type") ?? ""
        let media = type.split(separator: ";").first.map { $0.trimmingCharacters(in: .whitespaces) } ?? ""
        guard let content = contents[media] else {
            return problems + ["the content type is \"\(type)\", not \(contents.keys.sorted())"]
        }
        guard media == "application/json" else { return problems }
        guard let body = try? JSONDecoder().decode(JSONValue.self, from: exchange.body) else {
            return problems + ["the body is not JSON"]
        }
        return problems + schemas.problems(body, content["schema"] ?? .null, at: "body")
    }
}
