/// HTTP/1.1: replies in the order of the requests; interim responses (1xx) answer nothing.
///
/// An upgrade and `CONNECT` end the following.
final class HTTPDialect: Dialect {
    private static let isHEAD: UInt64 = 1

    private(set) var request: FollowedRequest?
    private(set) var isUnsolicited = false
    private var requestHead = HTTPHeadReader()
    private var requestBody: HTTPBodyReader?
    private var replyHead = HTTPHeadReader()
    private var replyBody: HTTPBodyReader?
    private var head = HTTPHead([])

    func readRequest(_ bytes: UnsafeRawBufferPointer, _ offset: inout Int) throws(Unfollowable) -> Mark {
        if requestBody != nil {
            guard try requestBody?.read(bytes, &offset) == true else { return .more }
            requestBody = nil
            return .end
        }
        guard try requestHead.read(bytes, &offset) else { return .more }
        head = HTTPHead(requestHead.bytes)
        requestHead = HTTPHeadReader()
        let words = head.words
        guard words.count == 3, words[2].hasPrefix("HTTP/1.") else {
            throw Unfollowable(words.last?.hasPrefix("HTTP/2") == true ? "HTTP/2" : "not HTTP/1.1")
        }
        guard words[0] != "CONNECT" else { throw Unfollowable("CONNECT") }
        request = FollowedRequest(tag: words[0] == "HEAD" ? Self.isHEAD : 0)
        let body = HTTPBodyReader(try head.framing() ?? .none)
        guard !body.isEmpty else { return .end }
        requestBody = body
        return .head
    }

    func readReply(
        _ bytes: UnsafeRawBufferPointer,
        _ offset: inout Int,
        to request: UInt64?
    ) throws(Unfollowable) -> Mark {
        if replyBody != nil {
            guard try replyBody?.read(bytes, &offset) == true else { return .more }
            replyBody = nil
            return .end
        }
        guard try replyHead.read(bytes, &offset) else { return .more }
        let head = HTTPHead(replyHead.bytes)
        replyHead = HTTPHeadReader()
        guard head.first.hasPrefix("HTTP/1."), head.words.count >= 2, let status = Int(head.words[1]) else {
            throw Unfollowable("not HTTP/1.1")
        }
        guard status != 101 else { throw Unfollowable("upgrade") }
        isUnsolicited = (100..<200).contains(status)
        guard !isUnsolicited, status != 204, status != 304, request != Self.isHEAD else { return .end }
        let body = HTTPBodyReader(try head.framing() ?? .untilClose)
        guard !body.isEmpty else { return .end }
        replyBody = body
        return .head
    }

    func matches(_ match: RuleMatch) -> Matched {
        let words = head.words
        guard words.count == 3 else { return .no }
        if let method = match.method, method != words[0] {
            return .no
        }
        if let path = match.path {
            let target = words[1].prefix { $0 != "?" && $0 != "#" }
            guard path.matches(String(target)) else { return .no }
        }
        let hasFields = match.headers.allSatisfy { name, value in
            head.fields[Substring(name)].map { value.matches($0) } ?? false
        }
        return hasFields ? .yes : .no
    }

    func refusal(_ code: ErrorCode) -> [UInt8] {
        Array("HTTP/1.1 \(code) Injected\r\nContent-Length: 0\r\n\r\n".utf8)
    }
}
