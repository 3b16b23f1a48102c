import Crypto
import Foundation

/// Signs JWTs with HS256, as ``TokenVerifier`` verifies them.
package struct TokenSigner: Sendable {
    private struct Claims: Encodable {
        let sub: String
        let scope: String
        let iat: Int64
        let exp: Int64
    }

    private let key: SymmetricKey

    /// Makes a signer with the shared secret.
    package init(secret: [UInt8]) { key = SymmetricKey(data: secret) }

    /// A token for `user`.
    ///
    /// - Parameters:
    ///   - user: The `sub` claim.
    ///   - scopes: Joined by spaces into the `scope` claim.
    ///   - issuedAt: Seconds since 1970.
    ///   - lifetime: Seconds until it expires.
    /// - Returns: The token, in its compact form.
    /// - Throws: When the claims cannot be encoded.
    package func sign(
        user: String,
        scopes: [String],
        issuedAt: Int64 = Int64(Date().timeIntervalSince1970),
        lifetime: Int64 = 3600
    ) throws -> String {
        let claims = Claims(
            sub: user,
            scope: scopes.joined(separator: " "),
            iat: issuedAt,
            exp: issuedAt + lifetime
        )
        let header = Base64URL.encode(Array(#"{"alg":"HS256","typ":"JWT"}"#.utf8))
        let signed = header + "." + Base64URL.encode(try JSONEncoder().encode(claims))
        let signature = HMAC<SHA256>.authenticationCode(for: Data(signed.utf8), using: key)
        return signed + "." + Base64URL.encode(signature)
    }
}
