import ServiceKit

extension TicketingVariations {
    /// The suite without its defence in depth: no owner check when pinning and confirming, no unique key of tickets.
    ///
    /// With a correct hold nothing ever reaches these fences in earnest, so taking them away changes no outcome.
    static func withoutFences(bug: String) -> TicketingVariations {
        TicketingVariations(
            bug: bug,
            migrations: Migration.suite + [SchemaBugs.ticketsWithoutKey],
            scripts: ["pin": pin, "confirm": confirm]
        )
    }

    /// The suite with nothing behind the pin: no owner check when confirming, no unique key of tickets.
    static func withPinAlone(bug: String) -> TicketingVariations {
        TicketingVariations(
            bug: bug,
            migrations: Migration.suite + [SchemaBugs.ticketsWithoutKey],
            scripts: ["confirm": confirm]
        )
    }

    /// Whoever asks gets the pin, whoever holds the seat and whatever order it is pinned to or sold to.
    private static let pin = """
        local order, user, milliseconds, trace = ARGV[2], ARGV[3], tonumber(ARGV[4]), ARGV[5]
        for i = 6, #ARGV do
            local seat = ARGV[i]
            if redis.call('EXISTS', soldKey(seat)) == 0 and not readHold(seat) then
                return {redis.call('HEXISTS', versions, seat) == 1 and 'GONE' or 'UNKNOWN', seat}
            end
        end
        local deadline = now + milliseconds
        for i = 6, #ARGV do
            local seat = ARGV[i]
            local held = readHold(seat)
            if held then
                local version = raise(seat)
                writeHold(seat, held.token, user, order, deadline, version)
                announce('pin', seat, 'HELD', 'HELD', user, order, trace, version, deadline)
            end
        end
        return {'OK', text(deadline)}
        """

    /// Whoever paid gets the seat, whatever order it is pinned to or sold to.
    private static let confirm = """
        local order, trace = ARGV[2], ARGV[3]
        for i = 4, #ARGV do
            local seat = ARGV[i]
            if redis.call('EXISTS', soldKey(seat)) == 0 and not readHold(seat) then
                return {redis.call('HEXISTS', versions, seat) == 1 and 'GONE' or 'UNKNOWN', seat}
            end
        end
        local answer = {'OK', ''}
        for i = 4, #ARGV do
            local seat = ARGV[i]
            local sold = redis.call('HMGET', soldKey(seat), 'order', 'user', 'version')
            if sold[1] == order then
                answer[2], answer[#answer + 1] = sold[2], sold[3]
            else
                local held = readHold(seat)
                local user = held and held.user or sold[2]
                dropHold(seat)
                local version = raise(seat)
                redis.call('HSET', soldKey(seat), 'order', order, 'user', user, 'version', version)
                announce('confirm', seat, sold[1] and 'SOLD' or 'HELD', 'SOLD', user, order, trace, version)
                answer[2], answer[#answer + 1] = user, version
            end
        end
        return answer
        """
}
