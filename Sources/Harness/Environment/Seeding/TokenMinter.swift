import Contract
import Crypto
import Foundation

/// Signs the tokens of users and tools: JWT, HS256 (RFC 7519, RFC 7518 §3.2) with `sub`, `scope` and `exp`.
package struct TokenMinter: Sendable {
    private let key: SymmetricKey
    /// What is the same in every token: header, and the end of the claims.
    private let header: [UInt8]
    private let expiry: String

    /// The fewest bytes a secret may have.
    package static let minimumSecret = 32

    /// - Parameters:
    ///   - secret: the bytes that the services have as `AUTH_SECRET`.
    ///   - lifetime: after which the tokens expire.
    ///   - now: the present, for the expiry.
    package init(secret: [UInt8], lifetime: Duration = .seconds(24 * 3600), now: Date = Date()) {
        key = SymmetricKey(data: secret)
        header = Base64URL.encode(Array(#"{"alg":"HS256","typ":"JWT"}"#.utf8)) + [UInt8(ascii: ".")]
        expiry = String(Int64(now.timeIntervalSince1970) + lifetime.components.seconds)
    }

    /// Reads the secret from a file; white space around it does not belong to it.
    package init(secretFile path: String) throws {
        let action = "read the auth secret"
        guard let data = FileManager.default.contents(atPath: path) else {
            throw EnvironmentError(action, "there is no readable file \(path)", advice: "correct `auth.secretFile`")
        }
        let text = String(decoding: data, as: UTF8.self).trimmingCharacters(in: .whitespacesAndNewlines)
        guard text.utf8.count >= Self.minimumSecret else {
            throw EnvironmentError(action, "the secret in \(path) has less than \(Self.minimumSecret) bytes")
        }
        self.init(secret: Array(text.utf8))
    }

    /// The scopes of a buyer.
    package static let userScopes: [Scope] = [.reservationWrite, .orderWrite]

    /// A token for `user` with the scopes of a buyer unless others are given.
    package func token(user: String, scopes: [Scope] = userScopes) -> String {
        token(user: user, scope: scopes.map(\.rawValue).joined(separator: " "))
    }

    /// A token with `scope` as it stands, for tools that want any.
    package func token(user: String, scope: String) -> String {
        // Written out, not encoded: a storm of 20,000 users signs 20,000 of these before it starts.
        var claims = Array(#"{"sub":""#.utf8)
        Self.append(user, to: &claims)
        claims += Array(#"","scope":""#.utf8)
        Self.append(scope, to: &claims)
        claims += Array(#"","exp":\#(expiry)}"#.utf8)
        var token = header
        token += Base64URL.encode(claims)
        let code = HMAC<SHA256>.authenticationCode(for: token, using: key)
        token.append(UInt8(ascii: "."))
        token += Base64URL.encode(Array(code))
        return String(decoding: token, as: UTF8.self)
    }

    /// Appends `text` as the inside of a JSON string.
    private static func append(_ text: String, to json: inout [UInt8]) {
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "\""), UInt8(ascii: "\\"): json += [UInt8(ascii: "\\"), byte]
            case 0..<0x20: json += Array("\\u00".utf8) + [hexadecimal[Int(byte >> 4)], hexadecimal[Int(byte & 15)]]
            default: json.append(byte)
            }
        }
    }

    private static let hexadecimal = Array("0123456789abcdef".utf8)
}
