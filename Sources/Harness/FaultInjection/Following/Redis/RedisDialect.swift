/// Redis: one reply to each command, in order.
///
/// A connection that subscribes, monitors, replicates or turns replies off is not followed further: replies are no longer one to one.
final class RedisDialect: Dialect {
    private var requests = RESPRequestParser()
    private var replies = RESPReplyParser()

    func beginRequest(isCaptured: Bool) {
        requests.capturesAll = isCaptured
    }

    func readRequest(_ bytes: UnsafeRawBufferPointer, _ offset: inout Int) throws(Unfollowable) -> Mark {
        let mark = try requests.read(bytes, &offset)
        if mark == .end {
            try rejectUnpaired()
        }
        return mark
    }

    func readReply(
        _ bytes: UnsafeRawBufferPointer,
        _ offset: inout Int,
        to request: UInt64?
    ) throws(Unfollowable) -> Mark {
        try replies.read(bytes, &offset)
    }

    /// Redis ignores an empty line.
    var request: FollowedRequest? { requests.count == 0 ? nil : FollowedRequest() }
    var isUnsolicited: Bool { replies.isPush }

    func matches(_ match: RuleMatch) -> Matched {
        guard let name = requests.argument(0) else { return .no }
        let command = RedisCommand(uppercasing: name)
        if let wanted = match.command, !wanted.matches(command.name) {
            return .no
        }
        if let script = match.script {
            guard command.runsScript, let source = requests.argument(1), script.matches(source) else { return .no }
        }
        guard let key = match.key else { return .yes }
        for index in command.keyIndices(requests) {
            guard let candidate = requests.argument(index) else {
                return requests.isCut ? .unknown("a key lies beyond the first 4,096 bytes or 64 arguments") : .no
            }
            if key.matches(candidate) {
                return .yes
            }
        }
        return .no
    }

    func refusal(_ code: ErrorCode) -> [UInt8] {
        Array("-\(code)\r\n".utf8)
    }

    private func rejectUnpaired() throws(Unfollowable) {
        guard let first = requests.captured.first, let name = requests.argument(0) else { return }
        switch first | 0x20 {
        case UInt8(ascii: "s"), UInt8(ascii: "p"), UInt8(ascii: "m"), UInt8(ascii: "u"), UInt8(ascii: "c"): break
        default: return
        }
        switch RedisCommand(uppercasing: name).name {
        case "SUBSCRIBE", "PSUBSCRIBE", "SSUBSCRIBE", "UNSUBSCRIBE", "PUNSUBSCRIBE", "SUNSUBSCRIBE":
            throw Unfollowable("subscription")
        case "MONITOR": throw Unfollowable("MONITOR")
        case "SYNC", "PSYNC": throw Unfollowable("replication")
        case "CLIENT" where requests.argument(1).map { RedisCommand(uppercasing: $0).name } == "REPLY":
            throw Unfollowable("CLIENT REPLY")
        default: return
        }
    }
}
