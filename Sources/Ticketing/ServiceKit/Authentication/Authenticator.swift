import Contract

/// Finds out who sent a request.
struct Authenticator: Sendable {
    private let verifier: TokenVerifier?
    private let everything = Set(Scope.allCases.map(\.rawValue))

    init(_ authentication: ServiceSettings.Authentication) {
        switch authentication {
        case .secret(let secret): verifier = TokenVerifier(secret: secret)
        case .off: verifier = nil
        }
    }

    /// The caller, or why there is none.
    ///
    /// Reading needs no token, so a missing one is not an error yet.
    func authenticate(_ headers: CommonHeaders) -> Result<Caller, AuthenticationRefusal> {
        guard let verifier else {
            let user = headers.callerID ?? ""
            guard !user.isEmpty else {
                return .success(Caller(user: Caller.anonymousUser, scopes: everything, isAnonymous: true))
            }
            return .success(Caller(user: user, scopes: everything, isAnonymous: user == Caller.anonymousUser))
        }
        guard let authorization = headers.authorization else {
            return .failure(AuthenticationRefusal(message: "this needs a token: send Authorization: Bearer <JWT>"))
        }
        guard authorization.utf8.count > 7, authorization.prefix(7).lowercased() == "bearer " else {
            return .failure(AuthenticationRefusal(message: "the Authorization header does not carry a bearer token"))
        }
        do throws(TokenError) {
            return .success(try verifier.verify(String(authorization.dropFirst(7))))
        } catch {
            return .failure(AuthenticationRefusal(message: error.message))
        }
    }
}

/// Why a request has no caller.
struct AuthenticationRefusal: Error {
    let message: String
}
