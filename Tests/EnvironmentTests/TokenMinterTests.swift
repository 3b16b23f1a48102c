import Contract
import Crypto
import Foundation
import Testing

@testable import Environment

@Suite("Tokens")
struct TokenMinterTests {
    private let secret = Array("0123456789abcdef0123456789abcdef".utf8)

    @Test("a token carries subject, scope and expiry, and its signature verifies")
    func roundTrip() throws {
        let minter = TokenMinter(secret: secret, lifetime: .seconds(60), now: Date(timeIntervalSince1970: 1_000))
        let parts = minter.token(user: "clicks-w03-u0012").split(separator: ".").map(String.init)
        try #require(parts.count == 3)
        #expect(String(decoding: try decode(parts[0]), as: UTF8.self) == #"{"alg":"HS256","typ":"JWT"}"#)
        let claims = try JSONDecoder().decode(Claims.self, from: try decode(parts[1]))
        #expect(claims == Claims(sub: "clicks-w03-u0012", scope: "reservation:write order:write", exp: 1_060))
        let isValid = HMAC<SHA256>.isValidAuthenticationCode(
            try decode(parts[2]),
            authenticating: Data("\(parts[0]).\(parts[1])".utf8),
            using: SymmetricKey(data: secret)
        )
        #expect(isValid)
    }

    @Test(
        "names with quotes, backslashes, controls and other scripts survive",
        arguments: ["a\"b", "a\\b", "a\n\u{1}", "Zoë 🎟"]
    )
    func escaping(user: String) throws {
        let parts = TokenMinter(secret: secret).token(user: user, scopes: [.admin]).split(separator: ".").map(
            String.init
        )
        let claims = try JSONDecoder().decode(Claims.self, from: try decode(parts[1]))
        #expect(claims.sub == user)
        #expect(claims.scope == "admin")
    }

    @Test("the encoding is that of Foundation without padding, at every length")
    func base64() {
        for length in 0..<64 {
            let bytes = (0..<length).map { UInt8(truncatingIfNeeded: $0 &* 37 &+ 250) }
            let expected = Data(bytes).base64EncodedString().replacing("+", with: "-").replacing("/", with: "_")
                .replacing("=", with: "")
            #expect(String(decoding: Base64URL.encode(bytes), as: UTF8.self) == expected)
        }
    }

    @Test("a secret that is too short is refused, and the file named")
    func shortSecret() throws {
        let path = TestPaths.privateFolder("secret")
        defer { try? FileManager.default.removeItem(atPath: path) }
        try Program.writePrivate("too short\n", to: path)
        let error = #expect(throws: EnvironmentError.self) { try TokenMinter(secretFile: path) }
        #expect(error?.problem.contains(path) == true)
    }

    private struct Claims: Decodable, Equatable {
        var sub: String
        var scope: String
        var exp: Int
    }

    private func decode(_ part: String) throws -> Data {
        let text = part.replacing("-", with: "+").replacing("_", with: "/")
        return try #require(Data(base64Encoded: text + String(repeating: "=", count: (4 - text.count % 4) % 4)))
    }
}
