/// When the caller of the request that is being served stops waiting.
package enum RequestDeadline {
    /// Nothing when the caller did not say; see `Request-Timeout-Ms`.
    @TaskLocal package static var current: ContinuousClock.Instant?
}
