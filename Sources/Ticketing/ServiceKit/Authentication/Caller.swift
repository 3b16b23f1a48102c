import Contract

/// Who sent a request, and what they may do.
package struct Caller: Sendable, Equatable {
    /// The token's `sub`.
    package let user: String
    /// The token's `scope`, taken apart.
    package let scopes: Set<String>
    /// Whether ``user`` is nobody's name: authentication is off and no `X-Caller-Id` was given.
    package let isAnonymous: Bool

    /// Makes a caller.
    package init(user: String, scopes: Set<String>, isAnonymous: Bool = false) {
        self.user = user
        self.scopes = scopes
        self.isAnonymous = isAnonymous
    }

    /// Whether the caller's token carries `scope`.
    package func may(_ scope: Scope) -> Bool { scopes.contains(scope.rawValue) }

    /// The user of callers without a name.
    package static let anonymousUser = "anonymous"
}
