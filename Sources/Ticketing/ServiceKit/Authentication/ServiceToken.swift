import Contract
import Foundation
import Synchronization

/// The bearer token with which one service calls another; signed anew before it expires.
package final class ServiceToken: Sendable {
    private struct Signed {
        var token: String
        var renewAt: Int64
    }

    private static let lifetime: Int64 = 3600

    private let signer: TokenSigner?
    private let user: String
    private let scopes: [String]
    private let current = Mutex<Signed?>(nil)

    /// A token for the service `name` with `scopes`; there is none when authentication is off.
    package init(_ authentication: ServiceSettings.Authentication, name: ServiceName, scopes: [Scope]) {
        switch authentication {
        case .secret(let secret): signer = TokenSigner(secret: secret)
        case .off: signer = nil
        }
        user = "service:\(name.rawValue)"
        self.scopes = scopes.map(\.rawValue)
    }

    /// The headers that prove who is calling.
    package func headers() throws -> [(name: String, value: String)] {
        guard let signer else { return [(Header.callerID, user)] }
        let now = Int64(Date().timeIntervalSince1970)
        let token = try current.withLock { current in
            if let signed = current, signed.renewAt > now { return signed.token }
            let token = try signer.sign(user: user, scopes: scopes, issuedAt: now, lifetime: Self.lifetime)
            current = Signed(token: token, renewAt: now + Self.lifetime / 2)
            return token
        }
        return [("Authorization", "Bearer \(token)")]
    }
}
