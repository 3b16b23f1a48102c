extension RuleAct {
    /// No byte with `offset` bytes queued before it waits longer because of this, in nanoseconds.
    func longestDelay(behind offset: Int) -> UInt64 {
        switch self {
        case .delay(let distribution): distribution.upperBound
        case .slice(let toxic): toxic.longestDelay(behind: offset)
        case .throttle(let toxic): toxic.longestDelay(behind: offset)
        default: 0
        }
    }
}
