import Contract
import Yams

/// The contract's OpenAPI document, read for checking.
package struct OpenAPIDocument: Sendable {
    /// The whole document.
    package let root: JSONValue
    package let operations: [OpenAPIOperation]

    /// The document that the services serve.
    package static let shared: OpenAPIDocument = {
        do {
            return try OpenAPIDocument(yaml: String(decoding: OpenAPI.document, as: UTF8.self))
        } catch {
            fatalError("the contract's OpenAPI document cannot be read: \(error)")
        }
    }()

    /// Reads a document.
    ///
    /// - Throws: When it is not YAML, names a key twice, or is more than JSON can say.
    package init(yaml: String) throws {
        guard let root = JSONValue(yaml: try Yams.load(yaml: yaml)), let paths = root["paths"]?.object else {
            throw OpenAPIError("this is no OpenAPI document")
        }
        self.root = root
        var operations: [OpenAPIOperation] = []
        for (path, item) in paths.sorted(by: { $0.key < $1.key }) {
            for (method, operation) in item.object ?? [:] where method != "parameters" {
                let shared = item["parameters"]?.array ?? []
                operations.append(
                    OpenAPIOperation(
                        method: method.uppercased(),
                        path: path,
                        json: operation,
                        parameters: (shared + (operation["parameters"]?.array ?? [])).map { Self.resolve($0, in: root) }
                    )
                )
            }
        }
        self.operations = operations.sorted { $0.id < $1.id }
    }

    /// What `value` refers to, with what stands beside `$ref` laid over it; `value` itself when it refers to nothing.
    package func resolve(_ value: JSONValue) -> JSONValue { Self.resolve(value, in: root) }

    private static func resolve(_ value: JSONValue, in root: JSONValue) -> JSONValue {
        guard case .object(var fields) = value, let reference = fields.removeValue(forKey: "$ref")?.string,
            let target = target(of: reference, in: root), case .object(let found) = resolve(target, in: root)
        else { return value }
        return .object(found.merging(fields) { _, beside in beside })
    }

    /// What `#/a/b` names.
    static func target(of reference: String, in root: JSONValue) -> JSONValue? {
        guard reference.hasPrefix("#/") else { return nil }
        return reference.dropFirst(2).split(separator: "/").reduce(root) { value, name in
            value?[String(name)]
        }
    }

    /// The schema of that name.
    package func schema(_ name: String) -> JSONValue? { root["components"]?["schemas"]?[name] }

    /// The response of that name.
    func response(_ name: String) -> JSONValue? { root["components"]?["responses"]?[name] }

    /// The operations of `service` on `path`, which is without a query; what is spelled out goes before what is a parameter.
    package func operations(of service: ServiceName, on path: String) -> [OpenAPIOperation] {
        let matching = operations.filter { $0.services.contains(service) && $0.parameters(in: path) != nil }
        let fewest = matching.map(\.pathParameterCount).min()
        return matching.filter { $0.pathParameterCount == fewest }
    }
}

/// Why the document cannot be used.
package struct OpenAPIError: Error, CustomStringConvertible {
    package let description: String

    package init(_ description: String) { self.description = description }
}
