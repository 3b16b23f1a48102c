/// Requests, and what rules do to them.
extension Conversation {
    func decideRequest() throws(Unfollowable) {
        guard let request = dialect.request else { return }
        up.awaits = request.expectsReply ? request.tag : nil
        var exchange = Exchange(tag: request.tag)
        var isExpected = request.expectsReply && silencedDown == nil
        if up.isCaptured {
            var acting: RuleRecord?
            for rule in proxy.rules where isMeant(by: rule) {
                if rule.definition.place == .reply {
                    if request.expectsReply {
                        exchange.rules.append(rule)
                    }
                } else if acting == nil, !up.hasLeaked, rule.decide() {
                    acting = rule
                }
            }
            if let acting, !act(acting, on: &exchange) {
                isExpected = false
            }
        }
        if isExpected {
            try exchanges.append(exchange)
        }
    }

    /// The request has been read to its end.
    func finishRequest() throws(Unfollowable) {
        if let collecting = up.treatment.collecting {
            let bytes = up.kept
            switch collecting {
            case .corrupt(let draw):
                passWhole(up, Self.corrupted(bytes, draw))
            case .duplicate:
                passWhole(up, bytes)
                append(Parcel(stream: .upstream, content: .own(bytes)))
                if let awaits = up.awaits {
                    try exchanges.append(Exchange(tag: awaits, fate: .swallowed))
                }
            }
            up.treatment.rule?.applied += 1
        }
        exchanges.completeLast()
        passAnswers()
    }

    /// Our own answers go once nothing is to come before them.
    func passAnswers() {
        guard !down.isInside else { return }
        while let first = exchanges.first, first.isComplete, case .answered(let bytes) = first.fate {
            append(Parcel(stream: .downstream, content: .own(bytes)))
            exchanges.removeFirst()
        }
    }

    private func isMeant(by rule: RuleRecord) -> Bool {
        let match = rule.definition.match
        guard match.connection == nil || match.connection == number else { return false }
        switch dialect.matches(match) {
        case .yes: return true
        case .no: return false
        case .unknown(let reason):
            rule.countUnseen(reason)
            return false
        }
    }

    /// - Returns: whether the request is to be answered.
    private func act(_ rule: RuleRecord, on exchange: inout Exchange) -> Bool {
        rule.applied += 1
        switch rule.definition.act {
        case .error(let code):
            exchange.fate = .answered(dialect.refusal(code))
            up.treatment.isSwallowed = true
        case .drop where dialect.survivesLostReply:
            up.treatment.isSwallowed = true
            return false
        case .drop, .blackhole:
            silencedUp = rule
            return false
        case .reset:
            silencedUp = rule
            cut = (.upstream, Cut(due: 0, resets: true, delivers: true))
            return false
        case .duplicate:
            collect(up, .duplicate, for: rule)
        case .corrupt:
            collect(up, .corrupt(draw: rule.random.next()), for: rule)
        case .delay, .slice, .throttle:
            up.treatment.shaping = shaping(by: rule)
        }
        return true
    }

    /// It counts as applied once it is.
    func collect(_ side: MessageSide, _ collecting: Treatment.Collecting, for rule: RuleRecord) {
        rule.applied -= 1
        side.treatment.collecting = collecting
        side.treatment.rule = rule
    }

    func shaping(by rule: RuleRecord) -> Shaping? {
        var delay: UInt64 = 0
        if case .delay(let distribution) = rule.definition.act {
            delay = distribution.sample(&rule.random)
        }
        let random = SplitMix64(seed: rule.random.next())
        switch rule.definition.act {
        case .slice(let toxic): return Shaping(toxic: toxic, random: random)
        case .throttle(let toxic): return Shaping(toxic: toxic, random: random)
        default: return Shaping(delay: delay, random: random)
        }
    }

    static func corrupted(_ bytes: [UInt8], _ draw: UInt64) -> [UInt8] {
        guard !bytes.isEmpty else { return bytes }
        var bytes = bytes
        bytes[Int(draw % UInt64(bytes.count))] ^= 1 << UInt8(draw >> 61)
        return bytes
    }
}
