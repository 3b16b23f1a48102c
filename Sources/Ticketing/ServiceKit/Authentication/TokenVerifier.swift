import Crypto
import Foundation
import Synchronization

/// Verifies bearer tokens: JWT (RFC 7519) signed with HS256, and nothing else.
///
/// A token is verified once and then remembered by its text until it expires, because a virtual user presents the same one with
/// every request. The memory is bounded: when full it is emptied.
package final class TokenVerifier: Sendable {
    private struct Claims: Decodable {
        let sub: String?
        let scope: String?
        let exp: Double?
        let nbf: Double?
    }
    private struct JOSEHeader: Decodable {
        let alg: String
    }
    private struct Entry {
        let caller: Caller
        let expires: Double
    }

    private let key: SymmetricKey
    private let capacity: Int
    private let now: @Sendable () -> Double
    private let verified = Mutex<[String: Entry]>([:])

    /// Makes a verifier of tokens signed with `secret`.
    ///
    /// - Parameters:
    ///   - secret: The shared secret, at least 32 bytes.
    ///   - capacity: How many tokens are remembered.
    ///   - now: Seconds since 1970.
    package init(
        secret: [UInt8],
        capacity: Int = 100_000,
        now: @escaping @Sendable () -> Double = { Date().timeIntervalSince1970 }
    ) {
        self.key = SymmetricKey(data: secret)
        self.capacity = capacity
        self.now = now
    }

    /// Who `token` names.
    ///
    /// - Throws: ``TokenError`` when it is not a JWT, not signed with the secret, expired, not yet valid, or names nobody.
    package func verify(_ token: String) throws(TokenError) -> Caller {
        let known = verified.withLock { $0[token] }
        if let known {
            guard known.expires > now() else { throw .expired }
            return known.caller
        }
        let entry = try check(token)
        verified.withLock { verified in
            if verified.count >= capacity { verified.removeAll(keepingCapacity: true) }
            verified[token] = entry
        }
        return entry.caller
    }

    private func check(_ token: String) throws(TokenError) -> Entry {
        let parts = token.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count == 3, let header = Base64URL.decode(parts[0].utf8),
            let payload = Base64URL.decode(parts[1].utf8), let signature = Base64URL.decode(parts[2].utf8)
        else { throw .malformed }
        // The header chooses nothing: any other algorithm than ours is refused (RFC 8725, section 3.1).
        guard let jose = try? JSONDecoder().decode(JOSEHeader.self, from: Data(header)), jose.alg == "HS256"
        else { throw .algorithm }
        let signed = Data(token.utf8.prefix(parts[0].utf8.count + 1 + parts[1].utf8.count))
        // Compares in constant time.
        guard HMAC<SHA256>.isValidAuthenticationCode(signature, authenticating: signed, using: key) else {
            throw .signature
        }
        guard let claims = try? JSONDecoder().decode(Claims.self, from: Data(payload)) else { throw .malformed }
        guard let user = claims.sub, !user.isEmpty, user.utf8.count <= 128 else { throw .nobody }
        let time = now()
        guard claims.exp.map({ $0 > time }) ?? true else { throw .expired }
        guard claims.nbf.map({ $0 <= time }) ?? true else { throw .notYetValid }
        let scopes = Set((claims.scope ?? "").split(separator: " ").map(String.init))
        return Entry(caller: Caller(user: user, scopes: scopes), expires: claims.exp ?? .infinity)
    }
}

/// Why a token was refused.
package enum TokenError: Error, Sendable, Equatable {
    case malformed, algorithm, signature, expired, notYetValid, nobody

    /// For the caller; says what to do.
    package var message: String {
        switch self {
        case .malformed: "the bearer token is not a JWT"
        case .algorithm: "the bearer token is not signed with HS256"
        case .signature: "the bearer token's signature is wrong"
        case .expired: "the bearer token has expired; get a new one"
        case .notYetValid: "the bearer token is not valid yet"
        case .nobody: "the bearer token names no user of 1 to 128 bytes in \"sub\""
        }
    }
}
