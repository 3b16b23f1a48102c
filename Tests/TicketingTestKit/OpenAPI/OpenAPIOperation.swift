import Contract
import Foundation

/// One operation of the document.
package struct OpenAPIOperation: Sendable {
    /// In upper case.
    package let method: String
    /// With parameters in braces.
    package let path: String
    package let json: JSONValue
    /// Those of the path and its own, resolved.
    package let parameters: [JSONValue]

    package var id: String { json["operationId"]?.string ?? "\(method) \(path)" }

    /// The services that answer it.
    package var services: [ServiceName] {
        (json["tags"]?.array ?? []).compactMap { $0.string.flatMap(ServiceName.init) }
    }

    /// The scopes that a token needs; empty when any token will do, nothing when none is needed.
    package var scopes: [Scope]? {
        json["security"]?.array?.first?["bearer"]?.array?.compactMap { $0.string.flatMap(Scope.init) }
    }

    /// The schema of the request's body, if it may have one.
    package var bodySchema: JSONValue? { json["requestBody"]?["content"]?["application/json"]?["schema"] }

    /// Whether a request without a body is wrong.
    package var needsBody: Bool { json["requestBody"]?["required"]?.bool ?? false }

    package var responses: [String: JSONValue] { json["responses"]?.object ?? [:] }

    var pathParameterCount: Int { segments.count { $0.hasPrefix("{") } }

    /// The values that `path` gives the parameters; nothing when it is another path.
    package func parameters(in path: String) -> [String: String]? {
        let actual = path.split(separator: "/", omittingEmptySubsequences: true).map(String.init)
        guard actual.count == segments.count else { return nil }
        var values: [String: String] = [:]
        for (segment, text) in zip(segments, actual) {
            if segment.hasPrefix("{") {
                values[String(segment.dropFirst().dropLast())] = text.removingPercentEncoding ?? text
            } else if segment != text {
                return nil
            }
        }
        return values
    }

    private var segments: [String] { path.split(separator: "/").map(String.init) }
}
