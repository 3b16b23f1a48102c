import CHiredis

/// Copies hiredis replies, whose memory is only valid inside the callback.
enum HiredisReply {
    /// A whole reply: an error is a failure.
    static func result(_ pointer: UnsafeMutableRawPointer, server: @autoclosure () -> String) -> Command.Reply {
        switch value(pointer.assumingMemoryBound(to: redisReply.self).pointee) {
        case .error(let text):
            let code = text.prefix { $0 != " " }
            return .failure(
                RedisError(kind: .server(code: String(code)), message: "\(server()) refused a command: \(text)")
            )
        case let value:
            return .success(value)
        }
    }

    private static func value(_ reply: redisReply) -> RedisValue {
        switch reply.type {
        case REDIS_REPLY_INTEGER:
            .integer(reply.integer)
        case REDIS_REPLY_STRING, REDIS_REPLY_STATUS:
            .bytes(bytes(reply))
        case REDIS_REPLY_ARRAY:
            .array((0..<reply.elements).map { index in reply.element?[index].map { value($0.pointee) } ?? .null })
        case REDIS_REPLY_ERROR:
            .error(String(decoding: bytes(reply), as: UTF8.self))
        default:
            .null
        }
    }

    private static func bytes(_ reply: redisReply) -> [UInt8] {
        guard let start = reply.str else { return [] }
        return Array(UnsafeRawBufferPointer(start: start, count: reply.len))
    }
}
