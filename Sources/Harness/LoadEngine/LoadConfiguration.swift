import Scenario

/// What a run needs beside its scenario.
package struct LoadConfiguration: Sendable {
    /// `http://HOST:PORT`, without a trailing slash.
    package var gateway: String
    package var events: [SeededEvent]
    package var seed: UInt64
    /// Loop threads, 1…64.
    ///
    /// One is right for two cores that the services share.
    package var threads: Int
    /// Where the history goes; nil → none is kept.
    package var historyPath: String?
    /// The bearer token of a user; nil → he has none.
    ///
    /// Called on the loop threads, while a user is prepared.
    package var tokenForUser: @Sendable (_ userName: String) -> String?
    /// Whether users of storms are connected and warmed by an unmeasured request before the release.
    package var warmsUp: Bool
    /// Where `redis` steps go: `redis://HOST:PORT/DATABASE`; needed only where the scenario has some.
    package var redis: String?
    /// What carries the requests.
    package var transport: TransportChoice

    package init(
        gateway: String,
        events: [SeededEvent] = [],
        seed: UInt64,
        threads: Int = 1,
        historyPath: String? = nil,
        warmsUp: Bool = true,
        redis: String? = nil,
        transport: TransportChoice = .auto,
        tokenForUser: @escaping @Sendable (_ userName: String) -> String? = { _ in nil }
    ) {
        self.gateway = gateway
        self.events = events
        self.seed = seed
        self.threads = threads
        self.historyPath = historyPath
        self.warmsUp = warmsUp
        self.redis = redis
        self.transport = transport
        self.tokenForUser = tokenForUser
    }
}
