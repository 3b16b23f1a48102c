/// MySQL and MariaDB: a greeting and a handshake, then one reply of several packets to each command.
///
/// TLS and compression are seen in the handshake; from then on nothing can be.
final class MySQLDialect: Dialect {
    private enum Phase {
        case greeting, authentication, commands
    }

    private static let capturedBytes = 4_096
    private static let followedBytes = 64
    /// Of the greeting, whose beginning is the server's version in words.
    private static let greetingBytes = 512
    /// Statements whose kind is remembered; a client that prepares more without closing any is not told apart from then on.
    private static let mostStatements = 10_000
    /// MariaDB: the statement that was prepared last.
    private static let latestStatement: UInt64 = 0xFFFF_FFFF

    /// Rules may match on the request; otherwise its text is not read, unless it prepares a statement, which a later rule may mean.
    private var keepsRequest = true
    private(set) var request: FollowedRequest?
    private(set) var isUnsolicited = false
    private var requests = MySQLPacketReader(capacity: MySQLDialect.capturedBytes)
    private var replies = MySQLPacketReader(capacity: MySQLDialect.greetingBytes)
    private var reply = MySQLReplyParser()
    private var capabilities = MySQLCapabilities()
    private var phase = Phase.greeting
    private var responded = false
    private var replyIsUnderWay = false
    private var requestIsKnown = false
    /// Of the request marked last; nil: it has none, or it is not known.
    private var statement: SQLStatement?
    private var statements: [UInt32: SQLStatement] = [:]
    /// Prepared, but the server has not said under which number.
    private var preparing: [UInt64: SQLStatement] = [:]
    private var prepared: UInt64 = 0
    private var latest: SQLStatement?

    func beginRequest(isCaptured: Bool) {
        keepsRequest = isCaptured
    }

    func readRequest(_ bytes: UnsafeRawBufferPointer, _ offset: inout Int) throws(Unfollowable) -> Mark {
        if requests.isBetween {
            requestIsKnown = false
        }
        let mark = requests.read(bytes, &offset)
        guard mark != .more, !requestIsKnown else { return mark }
        requestIsKnown = true
        request = nil
        statement = nil
        guard phase == .commands else {
            try takeResponse()
            return mark
        }
        try takeCommand()
        return mark
    }

    func readReply(
        _ bytes: UnsafeRawBufferPointer,
        _ offset: inout Int,
        to request: UInt64?
    ) throws(Unfollowable) -> Mark {
        if !replyIsUnderWay {
            replyIsUnderWay = true
            isUnsolicited = phase != .commands
            return .head
        }
        while offset < bytes.count {
            guard replies.read(bytes, &offset) == .end else { continue }
            guard let request, !isUnsolicited else {
                try takeHandshake()
                replyIsUnderWay = false
                return .end
            }
            let shape = MySQLReplyParser.Shape(rawValue: request & 0xFF) ?? .status
            let isLast = try reply.take(replies, shape, capabilities)
            if shape == .prepared, let text = preparing.removeValue(forKey: request >> 8), let id = reply.preparedID,
                statements.count < Self.mostStatements
            {
                statements[id] = text
            }
            if isLast {
                replyIsUnderWay = false
                return .end
            }
        }
        return .more
    }

    func matches(_ match: RuleMatch) -> Matched {
        guard match.statement != nil || match.table != nil else { return .yes }
        guard let statement else {
            return request == nil ? .no : .unknown("a statement whose text was not seen")
        }
        if let kind = match.statement, kind != statement.kind {
            return .no
        }
        guard let table = match.table, !statement.tables.contains(where: { table.matches($0) }) else { return .yes }
        return statement.isCut ? .unknown("a statement longer than 4,096 bytes") : .no
    }

    func refusal(_ code: ErrorCode) -> [UInt8] {
        guard case .number(let number) = code else { return [] }
        let state = [1_022: "23000", 1_062: "23000", 1_205: "HY000", 1_213: "40001"][number] ?? "HY000"
        let payload =
            [0xFF, UInt8(number & 0xFF), UInt8(number >> 8)]
            + Array("#\(state)error \(number), by a rule of the proxy".utf8)
        return [UInt8(payload.count), 0, 0, 1] + payload
    }

    /// A payload of the client's during the handshake: the first says what it can.
    private func takeResponse() throws(Unfollowable) {
        guard phase == .authentication, !responded else { return }
        responded = true
        try capabilities.readResponse(requests.payload)
        if capabilities.usesTLS {
            throw Unfollowable.tls
        }
    }

    /// A payload of the server's that answers no command.
    private func takeHandshake() throws(Unfollowable) {
        switch (phase, replies.payload.first) {
        case (.greeting, 0xFF): break
        case (.greeting, _):
            try capabilities.readGreeting(replies.payload)
            phase = .authentication
            replies.capacity = Self.followedBytes
        case (.authentication, 0x00):
            guard !capabilities.compresses else { throw Unfollowable.compression }
            phase = .commands
        case (.authentication, _): break
        case (.commands, _): throw Unfollowable.strayReply
        }
    }

    private func takeCommand() throws(Unfollowable) {
        guard requests.sequence == 0, let first = requests.payload.first else { throw Unfollowable("not MySQL") }
        guard let command = MySQLCommand(rawValue: first) else {
            throw Unfollowable(first == 0x11 ? "a change of user" : "MySQL command \(first)")
        }
        var payload = MySQLPayload(requests.payload, from: 1)
        var tag = command.reply?.rawValue ?? 0
        switch command {
        case .query where keepsRequest:
            statement = capabilities.sendsAttributes ? queryWithAttributes() : text(payload.rest)
        case .prepare:
            let text = text(payload.rest)
            latest = text
            prepared += 1
            preparing[prepared] = text
            tag |= prepared << 8
            statement = SQLStatement(kind: "PREPARE", tables: text.tables, isCut: text.isCut)
        case .execute, .executeBulk:
            let id = payload.integer(4)
            statement = id == Self.latestStatement ? latest : statements[UInt32(truncatingIfNeeded: id)]
        case .closeStatement:
            statements[UInt32(truncatingIfNeeded: payload.integer(4))] = nil
        case .ping:
            statement = SQLStatement(kind: "PING", tables: [], isCut: false)
        default: break
        }
        if statement == nil, command != .query, command != .execute, command != .executeBulk {
            statement = SQLStatement(kind: "", tables: [], isCut: false)
        }
        request = FollowedRequest(tag: tag, expectsReply: command.reply != nil)
    }

    private func text(_ bytes: ArraySlice<UInt8>) -> SQLStatement {
        SQLStatement(bytes, isCut: requests.isCut)
    }

    /// MySQL 8: counts of parameters and of their sets stand before the text; with parameters, it is not looked for.
    private func queryWithAttributes() -> SQLStatement? {
        var payload = MySQLPayload(requests.payload, from: 1)
        let parameters = payload.lengthEncoded()
        _ = payload.lengthEncoded()
        return parameters == 0 ? text(payload.rest) : nil
    }
}
