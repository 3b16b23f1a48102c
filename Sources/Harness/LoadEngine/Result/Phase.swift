/// What the environment is going through: a tag of every sample.
package enum Phase: UInt8, Sendable, CaseIterable {
    case steady
    case fault
    case recovery

    var name: StaticString {
        switch self {
        case .steady: "steady"
        case .fault: "fault"
        case .recovery: "recovery"
        }
    }
}
