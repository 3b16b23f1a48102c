/// A command's name, and where its keys are.
struct RedisCommand {
    let name: String

    init(uppercasing name: ArraySlice<UInt8>) {
        self.name = String(decoding: name.lazy.map { (0x61...0x7A).contains($0) ? $0 & 0xDF : $0 }, as: UTF8.self)
    }

    /// `EVAL` and its siblings, whose first argument is the script or its SHA-1.
    var runsScript: Bool {
        switch name {
        case "EVAL", "EVALSHA", "EVAL_RO", "EVALSHA_RO", "FCALL", "FCALL_RO": true
        default: false
        }
    }

    /// Of the arguments, 0 being the name; as `COMMAND GETKEYS` of Redis 7 says.
    func keyIndices(_ request: RESPRequestParser) -> [Int] {
        let last = request.count - 1
        switch name {
        case "PING", "ECHO", "INFO", "SELECT", "AUTH", "HELLO", "CLIENT", "CONFIG", "COMMAND", "SCRIPT", "FUNCTION",
            "MULTI", "EXEC", "DISCARD", "UNWATCH", "TIME", "DBSIZE", "FLUSHDB", "FLUSHALL", "SCAN", "KEYS", "PUBLISH",
            "SPUBLISH", "PUBSUB", "WAIT", "QUIT", "RESET", "CLUSTER", "DEBUG", "ACL", "LATENCY", "SLOWLOG", "MODULE",
            "ROLE", "SAVE", "BGSAVE", "LASTSAVE", "SHUTDOWN", "RANDOMKEY":
            return []
        case "EVAL", "EVALSHA", "EVAL_RO", "EVALSHA_RO", "FCALL", "FCALL_RO":
            return counted(at: 2, request)
        case "ZUNION", "ZINTER", "ZDIFF", "ZINTERCARD", "SINTERCARD", "LMPOP", "ZMPOP":
            return counted(at: 1, request)
        case "BLMPOP", "BZMPOP":
            return counted(at: 2, request)
        case "ZUNIONSTORE", "ZINTERSTORE", "ZDIFFSTORE":
            return [1] + counted(at: 2, request)
        case "DEL", "UNLINK", "EXISTS", "TOUCH", "MGET", "WATCH", "SINTER", "SUNION", "SDIFF", "SINTERSTORE",
            "SUNIONSTORE", "SDIFFSTORE", "PFCOUNT", "PFMERGE":
            return Array(stride(from: 1, through: last, by: 1))
        case "MSET", "MSETNX":
            return Array(stride(from: 1, through: last, by: 2))
        case "BLPOP", "BRPOP", "BZPOPMIN", "BZPOPMAX":
            return Array(stride(from: 1, to: last, by: 1))
        case "RENAME", "RENAMENX", "COPY", "SMOVE", "LMOVE", "RPOPLPUSH", "BLMOVE", "BRPOPLPUSH":
            return [1, 2]
        case "OBJECT", "XGROUP", "XINFO", "MEMORY":
            return [2]
        case "BITOP":
            return Array(stride(from: 2, through: last, by: 1))
        case "XREAD", "XREADGROUP":
            return streams(request)
        default:
            return last >= 1 ? [1] : []
        }
    }

    /// So many keys as the argument says, behind it.
    private func counted(at index: Int, _ request: RESPRequestParser) -> [Int] {
        guard let digits = request.argument(index), let count = Int(String(decoding: digits, as: UTF8.self)),
            count > 0, count < request.count - index
        else { return [] }
        return Array((index + 1)...(index + count))
    }

    /// `… STREAMS key key id id`.
    private func streams(_ request: RESPRequestParser) -> [Int] {
        let word = (1..<max(1, request.count)).first { index in
            request.argument(index).map { RedisCommand(uppercasing: $0).name } == "STREAMS"
        }
        guard let word else { return [] }
        let keys = (request.count - word - 1) / 2
        return Array(stride(from: word + 1, through: word + keys, by: 1))
    }
}
