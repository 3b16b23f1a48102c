import Contract
import Foundation
import HTTPTypes
import Hummingbird
import NIOCore

/// The coders that everything shares; making one for each request costs more than using it.
package enum JSONCoding {
    package static let encoder: JSONEncoder = {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.withoutEscapingSlashes]
        return encoder
    }()
    package static let decoder = JSONDecoder()
    /// The most bytes that a request's body may have.
    package static let bodyLimit = 64 * 1024
}

/// An answer with `body` as JSON.
package func jsonResponse(
    _ status: HTTPResponse.Status,
    _ body: some Encodable,
    headers: HTTPFields = [:]
) throws -> Response {
    jsonResponse(status, bytes: ByteBuffer(bytes: try JSONCoding.encoder.encode(body)), headers: headers)
}

/// An answer whose JSON is written already.
package func jsonResponse(_ status: HTTPResponse.Status, bytes: ByteBuffer, headers: HTTPFields = [:]) -> Response {
    var headers = headers
    headers[.contentType] = "application/json; charset=utf-8"
    return Response(status: status, headers: headers, body: ResponseBody(byteBuffer: bytes))
}

extension Request {
    /// The body, decoded.
    ///
    /// - Throws: `MALFORMED_REQUEST` when it is not JSON, `VALIDATION_FAILED` naming the field that is missing or ill-typed,
    ///   `PAYLOAD_TOO_LARGE` above 64 KiB.
    package func decodeBody<T: Decodable>(_ type: T.Type, context: ServiceContext) async throws -> T {
        let buffer = try await readBody()
        return try decodeJSON(type, from: Data(buffer.readableBytesView))
    }

    /// The body's bytes.
    ///
    /// - Throws: `PAYLOAD_TOO_LARGE` above 64 KiB.
    package func readBody() async throws -> ByteBuffer {
        do {
            return try await body.collect(upTo: JSONCoding.bodyLimit)
        } catch is NIOTooManyBytesError {
            throw ServiceError(.payloadTooLarge, "the body has more than \(JSONCoding.bodyLimit) bytes")
        }
    }
}

/// Decodes what a caller sent.
///
/// - Throws: `MALFORMED_REQUEST` when it is not JSON, `VALIDATION_FAILED` naming the field that is missing or ill-typed.
package func decodeJSON<T: Decodable>(_ type: T.Type, from data: Data) throws(ServiceError) -> T {
    do {
        return try JSONCoding.decoder.decode(type, from: data)
    } catch DecodingError.keyNotFound(let key, let context) {
        throw ServiceError(.validationFailed, "\(fieldName(context.codingPath + [key])) is missing")
    } catch DecodingError.valueNotFound(_, let context) {
        throw ServiceError(.validationFailed, "\(fieldName(context.codingPath)) is null")
    } catch DecodingError.typeMismatch(let type, let context) {
        throw ServiceError(.validationFailed, "\(fieldName(context.codingPath)) is not \(jsonName(of: type))")
    } catch DecodingError.dataCorrupted(let context) where !context.codingPath.isEmpty {
        throw ServiceError(.validationFailed, "\(fieldName(context.codingPath)) has a value that is not allowed")
    } catch {
        guard let object = try? JSONSerialization.jsonObject(with: data, options: .fragmentsAllowed) else {
            throw ServiceError(.malformedRequest, "the body is not JSON")
        }
        throw ServiceError(.validationFailed, "\(fieldsThatDoNotFit(type, object)) is not a whole number that fits")
    }
}

/// The fields at the top whose numbers do not fit their types: the decoder refuses such a number without saying where it was.
///
/// Each is tried alone, with a harmless number in the place of all others.
private func fieldsThatDoNotFit<T: Decodable>(_ type: T.Type, _ object: Any) -> String {
    let fields = object as? [String: Any] ?? [:]
    let numbers = fields.filter { _, value in
        // A boolean is an NSNumber, too.
        (value as? NSNumber).map { $0.objCType.pointee != CChar(UInt8(ascii: "c")) } ?? false
    }
    let names = numbers.keys.filter { name in
        let alone = fields.merging(numbers.keys.filter { $0 != name }.map { ($0, 1) }) { $1 }
        do {
            _ = try JSONCoding.decoder.decode(type, from: try JSONSerialization.data(withJSONObject: alone))
            return false
        } catch DecodingError.dataCorrupted(let context) {
            return context.codingPath.isEmpty
        } catch {
            return false
        }
    }
    return names.isEmpty ? "a number" : names.sorted().joined(separator: ", ")
}

private func fieldName(_ path: [any CodingKey]) -> String {
    guard !path.isEmpty else { return "the body" }
    return path.reduce(into: "") { name, key in
        if let index = key.intValue {
            name += "[\(index)]"
        } else {
            name += name.isEmpty ? key.stringValue : ".\(key.stringValue)"
        }
    }
}

private func jsonName(of type: any Any.Type) -> String {
    switch type {
    case is String.Type: "a string"
    case is Int.Type, is Int64.Type, is Int32.Type, is UInt64.Type: "a whole number"
    case is Double.Type: "a number"
    case is Bool.Type: "true or false"
    case is [Any].Type: "an array"
    default: "an object"
    }
}
