import Foundation
import NIOHTTP1

extension ContractChecker {
    /// Where the request differs from the document.
    func requestProblems(_ exchange: ContractExchange, _ operation: OpenAPIOperation, path: String) -> [String] {
        let inPath = operation.parameters(in: path) ?? [:]
        var problems: [String] = []
        for parameter in operation.parameters {
            guard let name = parameter["name"]?.string else { continue }
            let value = parameter["in"]?.string == "path" ? inPath[name] : exchange.requestHeaders.first(name: name)
            if let value {
                problems += schemas.textProblems(value, parameter["schema"] ?? .null, at: name)
            } else if parameter["required"]?.bool == true {
                problems.append("\(name): is missing")
            }
        }
        guard let schema = operation.bodySchema else { return problems }
        guard let sent = exchange.requestBody, !sent.isEmpty else {
            return problems + (operation.needsBody ? ["body: is missing"] : [])
        }
        guard let body = try? JSONDecoder().decode(JSONValue.self, from: sent) else {
            return problems + ["body: is not JSON"]
        }
        return problems + schemas.problems(body, schema, at: "body")
    }

    /// Whether the service and the document agree about the request.
    ///
    /// What the service did, the document must allow; what the service found wrong with the request, the document must too, unless it
    /// says that there are rules it cannot express.
    func judge(_ exchange: ContractExchange, _ operation: OpenAPIOperation, _ wrong: [String]) -> [String] {
        if (200..<400).contains(exchange.status) {
            return wrong.map { "the service accepts what the document does not: \($0)" }
        }
        let hasMoreRules = operation.bodySchema.map { document.resolve($0)["x-rules"] != nil } ?? false
        let refused = exchange.code == "VALIDATION_FAILED" && !hasMoreRules || exchange.code == "MALFORMED_REQUEST"
        guard refused, wrong.isEmpty else { return [] }
        return ["the service refuses what the document allows: \(String(decoding: exchange.body, as: UTF8.self))"]
    }
}

extension SchemaChecker {
    /// What is wrong with a header or a part of a path, which is read as its schema's type.
    func textProblems(_ text: String, _ schema: JSONValue, at place: String) -> [String] {
        let schema = resolved(schema)
        guard schema["type"]?.string == "integer" else { return problems(.string(text), schema, at: place) }
        return problems(Int64(text).map(JSONValue.integer) ?? .string(text), schema, at: place)
    }
}
