/// What a token's `scope` claim may allow; reading needs none.
package enum Scope: String, Sendable, CaseIterable {
    case reservationWrite = "reservation:write"
    case orderWrite = "order:write"
    case reservationConfirm = "reservation:confirm"
    case paymentAuthorize = "payment:authorize"
    case admin
}
