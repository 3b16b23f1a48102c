extension OpenAPIDocument {
    /// What makes the document itself unusable: names taken twice, references to nothing, parts that nobody uses, answers that
    /// leave room for fields that they do not name.
    package var structuralProblems: [String] {
        var problems = Dictionary(grouping: operations, by: \.id).filter { $0.value.count > 1 }.keys.sorted()
            .map { "the operationId \($0) is taken twice" }
        var references: Set<String> = []
        Self.collect(root, into: &references)
        problems += references.filter { Self.target(of: $0, in: root) == nil }.sorted().map { "\($0) leads nowhere" }
        for (kind, entries) in root["components"]?.object ?? [:] where kind != "securitySchemes" {
            for name in entries.object?.keys.sorted() ?? [] {
                let reference = "#/components/\(kind)/\(name)"
                // What is no operation's answer is what the checker itself looks up.
                if !references.contains(reference), !ContractChecker.ownResponses.contains(name) {
                    problems.append("\(reference) is used by nothing")
                }
            }
        }
        for operation in operations {
            problems += pathProblems(operation)
            for (status, response) in operation.responses {
                for (_, content) in resolve(response)["content"]?.object ?? [:] {
                    problems += openProblems(content["schema"] ?? .null, at: "\(operation.id) \(status)")
                }
            }
        }
        return problems
    }

    /// The codes of `response`, which is an operation's answer; none when it is no refusal.
    package func codes(of response: JSONValue) -> [String] {
        let schema = resolve(response)["content"]?["application/json"]?["schema"]
        return (schema?["allOf"]?.array ?? []).flatMap { $0["properties"]?["code"]?["enum"]?.array ?? [] }
            .compactMap(\.string)
    }

    private func pathProblems(_ operation: OpenAPIOperation) -> [String] {
        let inPath = Set(
            operation.path.split(separator: "/").filter { $0.hasPrefix("{") }.map { String($0.dropFirst().dropLast()) }
        )
        let declared = operation.parameters.filter { $0["in"]?.string == "path" }.compactMap { $0["name"]?.string }
        return Set(declared) == inPath ? [] : ["\(operation.id) declares \(declared) for \(operation.path)"]
    }

    /// Objects of an answer that do not say that they have no other fields.
    private func openProblems(_ schema: JSONValue, at place: String) -> [String] {
        let schema = resolve(schema)
        var problems: [String] = []
        if schema["type"]?.string == "object", schema["additionalProperties"]?.bool != false {
            problems.append("\(place): an object of an answer leaves room for other fields")
        }
        for (name, property) in schema["properties"]?.object ?? [:] {
            problems += openProblems(property, at: "\(place).\(name)")
        }
        let parts =
            (schema["allOf"]?.array ?? []) + (schema["oneOf"]?.array ?? []) + [schema["items"]].compactMap { $0 }
        return problems + parts.flatMap { openProblems($0, at: place) }
    }

    private static func collect(_ value: JSONValue, into references: inout Set<String>) {
        switch value {
        case .object(let fields):
            if let reference = fields["$ref"]?.string { references.insert(reference) }
            for field in fields.values { collect(field, into: &references) }
        case .array(let items): for item in items { collect(item, into: &references) }
        default: break
        }
    }
}
