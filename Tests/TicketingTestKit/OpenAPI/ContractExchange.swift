import Contract
import Foundation
import NIOHTTP1

/// A request and its answer, as they were on the wire.
package struct ContractExchange: Sendable {
    package var service: ServiceName
    package var method: String
    /// May have a query.
    package var path: String
    package var requestHeaders: HTTPHeaders
    package var requestBody: Data?
    package var status: Int
    package var headers: HTTPHeaders
    package var body: Data

    package init(
        service: ServiceName,
        method: String,
        path: String,
        requestHeaders: HTTPHeaders = [:],
        requestBody: Data? = nil,
        status: Int,
        headers: HTTPHeaders,
        body: Data
    ) {
        self.service = service
        self.method = method
        self.path = path
        self.requestHeaders = requestHeaders
        self.requestBody = requestBody
        self.status = status
        self.headers = headers
        self.body = body
    }

    /// The `code` of an error body.
    package var code: String? {
        (try? JSONDecoder().decode(JSONValue.self, from: body))?["code"]?.string
    }
}
