/// What a rule does to a message.
enum RuleAct: Sendable {
    /// It leaves so much later.
    case delay(DelayDistribution)
    /// The caller is refused in the upstream's name. Of a request: it is not forwarded. Of a reply: the request was carried out.
    case error(ErrorCode)
    /// It is lost. Unless replies name their request (Kafka), nothing follows on this connection: see ``Conversation``.
    case drop
    /// Both peers get a RST, behind what came before it.
    case reset
    /// It is lost, and so is all that follows it in its direction.
    case blackhole
    /// It arrives in slices.
    case slice(SlicerToxic)
    /// One bit of it is flipped.
    case corrupt
    /// It passes at a rate.
    case throttle(BandwidthToxic)
    /// The upstream gets it twice, and the caller one reply.
    case duplicate

    var name: String {
        switch self {
        case .delay: "delay"
        case .error: "error"
        case .drop: "drop"
        case .reset: "reset"
        case .blackhole: "blackhole"
        case .slice: "slice"
        case .corrupt: "corrupt"
        case .throttle: "throttle"
        case .duplicate: "duplicate"
        }
    }
}
