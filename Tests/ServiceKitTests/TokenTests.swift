import Crypto
import Foundation
import Testing
import TicketingTestKit

@testable import ServiceKit

@Suite("Tokens")
struct TokenTests {
    private static let secret = Array("a secret of more than thirty-two bytes".utf8)
    private static let now: Int64 = 1_700_000_000

    private func verifier(capacity: Int = 10, at seconds: Int64 = now) -> TokenVerifier {
        TokenVerifier(secret: Self.secret, capacity: capacity) { Double(seconds) }
    }

    private func token(_ user: String = "w00-u0001", scopes: [String] = ["order:write"]) throws -> String {
        try TokenSigner(secret: Self.secret).sign(user: user, scopes: scopes, issuedAt: Self.now, lifetime: 60)
    }

    @Test("a signed token names its user and scopes")
    func roundTrip() throws {
        let caller = try verifier().verify(try token(scopes: ["order:write", "admin"]))
        #expect(caller == Caller(user: "w00-u0001", scopes: ["order:write", "admin"]))
    }

    @Test("the example of RFC 7515, A.1, carries a valid signature")
    func rfcExample() throws {
        let key = """
            AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ-EstJQLr_T-1qS0gZH75aKtMN3Yj0iPS4hcgUuTwjAzZr1Z9CAow
            """
        let secret = try #require(Base64URL.decode(Substring(key).utf8))
        let token =
            "eyJ0eXAiOiJKV1QiLA0KICJhbGciOiJIUzI1NiJ9"
            + ".eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ"
            + ".dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"
        let verifier = TokenVerifier(secret: secret) { 0 }
        // The signature is right; only the `sub` that we ask for is missing.
        #expect(throws: TokenError.nobody) { try verifier.verify(token) }
    }

    @Test("a single flipped bit anywhere in the token is refused", arguments: [0, 1, 2])
    func flippedBit(part: Int) throws {
        var parts = try token().split(separator: ".").map(String.init)
        // The first character: the last one has bits that carry nothing.
        let first = try #require(parts[part].first)
        parts[part] = (first == "A" ? "B" : "A") + parts[part].dropFirst()
        #expect(throws: TokenError.self) { try verifier().verify(parts.joined(separator: ".")) }
    }

    @Test(
        "a token that asks for no signature, or another algorithm, is refused",
        arguments: ["none", "HS512", "RS256"]
    )
    func otherAlgorithm(name: String) throws {
        let parts = try token().split(separator: ".")
        let header = Base64URL.encode(Array("{\"alg\":\"\(name)\"}".utf8))
        let signed = "\(header).\(parts[1])"
        let mac = HMAC<SHA256>.authenticationCode(for: Data(signed.utf8), using: SymmetricKey(data: Self.secret))
        #expect(throws: TokenError.algorithm) { try verifier().verify("\(signed).\(Base64URL.encode(mac))") }
    }

    @Test("a token is refused once it has expired, also when it is remembered")
    func expiry() throws {
        let token = try self.token()
        #expect(throws: TokenError.expired) { try self.verifier(at: Self.now + 60).verify(token) }
        let time = TestCounter(Self.now)
        let verifier = TokenVerifier(secret: Self.secret) { Double(time.value) }
        _ = try verifier.verify(token)
        time.value = Self.now + 61
        #expect(throws: TokenError.expired) { try verifier.verify(token) }
    }

    @Test("a token without a user, or with another secret, is refused")
    func strangers() throws {
        #expect(throws: TokenError.nobody) { try verifier().verify(try token("")) }
        let other = TokenVerifier(secret: Array(repeating: 7, count: 32)) { Double(Self.now) }
        #expect(throws: TokenError.signature) { try other.verify(try token()) }
    }

    @Test("what is not a token is refused", arguments: ["", "a", "a.b", "a.b.c.d", "..", "é.b.c", "a.b.c"])
    func garbage(text: String) {
        #expect(throws: TokenError.self) { try verifier().verify(text) }
    }

    @Test("the memory of verified tokens is bounded and forgetting costs nothing but time")
    func boundedMemory() throws {
        let verifier = self.verifier(capacity: 2)
        for index in 0..<10 {
            #expect(try verifier.verify(try token("user-\(index)")).user == "user-\(index)")
        }
    }
}
