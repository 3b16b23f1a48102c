/// How long a pause or a delay is, drawn anew each time; never negative.
package enum DurationDistribution: Sendable, Equatable {
    /// `2s`
    case constant(Duration)
    /// `50ms..2s`
    case uniform(Duration, Duration)
    /// `exponential(1s)`
    case exponential(mean: Duration)
    /// `normal(1s, 200ms)`; what falls below zero is zero.
    case normal(mean: Duration, deviation: Duration)
    /// `lognormal(800ms, 400ms)`: mean and standard deviation of the duration itself, not of its logarithm.
    case lognormal(mean: Duration, deviation: Duration)
}
