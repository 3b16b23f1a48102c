import Contract
import HTTPTypes

extension HTTPField.Name {
    package static let traceID = contractName(Header.traceID)
    package static let traceparent = contractName(Header.traceparent)
    package static let idempotencyKey = contractName(Header.idempotencyKey)
    package static let holdToken = contractName(Header.holdToken)

    /// The field name of a header that the contract names.
    private static func contractName(_ text: String) -> HTTPField.Name {
        guard let name = HTTPField.Name(text) else { preconditionFailure("\"\(text)\" is not a header name") }
        return name
    }
}
