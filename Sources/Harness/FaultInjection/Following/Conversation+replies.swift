/// Replies, and what rules do to them.
extension Conversation {
    func decideReply() throws(Unfollowable) {
        guard !dialect.isUnsolicited else { return }
        // A request that the upstream leaves unanswered, although it need not, is passed over.
        while let tag = exchanges.firstTag, !dialect.answers(tag) {
            exchanges.removeFirst()
        }
        guard let exchange = exchanges.first else { throw Unfollowable.strayReply }
        switch exchange.fate {
        case .answered: throw Unfollowable.strayReply
        case .swallowed: down.treatment.isSwallowed = true
        case .relayed:
            if !exchange.rules.isEmpty {
                let acting = exchange.rules.first { $0.isActive && $0.decide() }
                if let acting {
                    act(acting)
                }
            }
        }
        down.endsExchange = true
        if dialect.rewrites(exchange.tag) {
            down.treatment.rewriting = exchange.tag
        }
    }

    /// The reply has been read to its end.
    func finishReply() {
        if down.treatment.needsWhole, !down.treatment.isSwallowed {
            var bytes = rewritten(down.kept)
            if case .corrupt(let draw) = down.treatment.collecting {
                bytes = Self.corrupted(bytes, draw)
                down.treatment.rule?.applied += 1
            }
            passWhole(down, bytes)
        }
        if down.endsExchange {
            exchanges.removeFirst()
        }
        if let first = exchanges.first, !first.isRelayed {
            // Our own answer comes behind what came before it.
            flush(down, upTo: down.start)
            passAnswers()
        }
    }

    private func rewritten(_ reply: [UInt8]) -> [UInt8] {
        guard let request = down.treatment.rewriting else { return reply }
        do {
            return try dialect.rewritten(reply, to: request) { [proxy] in proxy.listener(for: $0) }
        } catch {
            proxy.unfollowed[error.reason, default: 0] += 1
            return reply
        }
    }

    private func act(_ rule: RuleRecord) {
        rule.applied += 1
        switch rule.definition.act {
        case .error(let code):
            flush(down, upTo: down.start)
            append(Parcel(stream: .downstream, content: .own(dialect.refusal(code))))
            down.treatment.isSwallowed = true
        case .duplicate:
            // Refused where rules are made.
            break
        case .drop where dialect.survivesLostReply:
            down.treatment.isSwallowed = true
        case .drop:
            silencedDown = rule
            silencedUp = rule
        case .blackhole:
            silencedDown = rule
        case .reset:
            silencedDown = rule
            silencedUp = rule
            cut = (.downstream, Cut(due: 0, resets: true, delivers: true))
        case .corrupt:
            collect(down, .corrupt(draw: rule.random.next()), for: rule)
        case .delay, .slice, .throttle:
            down.treatment.shaping = shaping(by: rule)
        }
    }
}
