/// Where the faults of a run are injected.
///
/// What is nil cannot be: its faults are reported as not applied.
package struct FaultEndpoints: Sendable {
    /// Of the proxy's API: `http://127.0.0.1:8474`.
    package var proxyURL: String?
    /// Of the payment service itself: `http://127.0.0.1:8083`.
    package var paymentURL: String?
    /// A bearer token with the scope `admin`; nil where authentication is off.
    package var paymentToken: @Sendable () async throws -> String?
    /// Of the embedded broker's control port.
    package var brokerURL: String?
    /// What can be done to processes.
    package var processes: (any ProcessControl)?

    package init(
        proxyURL: String?,
        paymentURL: String?,
        paymentToken: @escaping @Sendable () async throws -> String? = { nil },
        brokerURL: String? = nil,
        processes: (any ProcessControl)? = nil
    ) {
        self.proxyURL = proxyURL
        self.paymentURL = paymentURL
        self.paymentToken = paymentToken
        self.brokerURL = brokerURL
        self.processes = processes
    }
}
