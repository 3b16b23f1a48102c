/// `steady-state:`: a purchase, end to end, that must succeed before anything is broken, is tried meanwhile, and must succeed afterwards.
package struct SteadyStateSpec: Sendable, Equatable {
    /// How long one may take, from the hold to the confirmed order.
    package let within: Duration
    /// From one to the next while the load runs.
    package let every: Duration
}
