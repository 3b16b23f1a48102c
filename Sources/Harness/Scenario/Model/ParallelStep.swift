/// Requests of one user that are under way at the same time, as k6's `http.batch`: what a page loads.
///
/// They are started in order, at most ``limit`` at a time, each on a connection of its own; the user goes on when all have ended. All of them
/// see the variables as they were before; captures are made when all have ended, in the order of the list. Afterwards `status` is that of the
/// first request in the list that failed, else of the last one, and there is no reply to read.
package struct ParallelStep: Sendable, Equatable {
    /// 1…100.
    package let requests: [RequestStep]
    /// 1…20; 6 when left out, k6's `batchPerHost` and what browsers allow one host.
    package let limit: Int
}
