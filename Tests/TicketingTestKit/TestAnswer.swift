import Contract
import Foundation
import NIOHTTP1
import ServiceKit

/// An answer to a test's request.
package struct TestAnswer: Sendable {
    package let status: Int
    package let headers: HTTPHeaders
    package let body: Data

    package init(status: Int, headers: HTTPHeaders, body: Data) {
        self.status = status
        self.headers = headers
        self.body = body
    }

    /// The body as text.
    package var text: String { String(decoding: body, as: UTF8.self) }

    /// The body as JSON.
    package func json<T: Decodable>(_ type: T.Type = T.self) throws -> T {
        try JSONCoding.decoder.decode(type, from: body)
    }

    /// The `code` of an error body.
    package var code: String? { try? json(ErrorBody.self).code }
}
