import Contract
import ServiceKit

/// A caller's `Idempotency-Key`: two callers' equal keys are two keys.
package struct IdempotencyKey: Sendable, Hashable {
    package let user: String
    package let key: String

    /// Reads the header's value.
    ///
    /// - Throws: 400 when it is missing, not 8…100 characters long, or has other than visible ASCII characters.
    package init(user: String, header: String?) throws(ServiceError) {
        let range = "\(Contract.idempotencyKeyLength.lowerBound)…\(Contract.idempotencyKeyLength.upperBound)"
        guard let header else {
            throw ServiceError(.malformedRequest, "\(Header.idempotencyKey): send this header, \(range) characters")
        }
        guard Contract.idempotencyKeyLength.contains(header.utf8.count) else {
            throw ServiceError(
                .malformedRequest,
                "\(Header.idempotencyKey): must have \(range) characters, has \(header.utf8.count)"
            )
        }
        guard header.utf8.allSatisfy({ (0x21...0x7E).contains($0) }) else {
            throw ServiceError(.malformedRequest, "\(Header.idempotencyKey): must consist of visible ASCII characters")
        }
        self.user = user
        self.key = header
    }
}
