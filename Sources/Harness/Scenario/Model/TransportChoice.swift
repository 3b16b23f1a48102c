/// What carries the requests of a run: the scenario's `transport:`.
package enum TransportChoice: String, Sendable, CaseIterable {
    /// ``native`` where it can carry every request of the run, otherwise ``curl``.
    case auto
    /// libcurl: TLS, HTTP/1.1 to any number of hosts.
    case curl
    /// The engine's own HTTP/1.1, for `http://` targets.
    case native
}
