extension RuleAct {
    /// No byte with so many bytes queued before it waits longer because of this, in nanoseconds; nil where none waits.
    var longestDelay: ((_ offset: Int) -> UInt64)? {
        switch self {
        case .delay(let distribution):
            let bound = distribution.upperBound
            return { _ in bound }
        case .slice(let toxic): return { toxic.longestDelay(behind: $0) }
        case .throttle(let toxic): return { toxic.longestDelay(behind: $0) }
        default: return nil
        }
    }
}
