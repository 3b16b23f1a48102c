/// Holds that are wrong in one place of `hold.lua`.
enum HoldBugs {
    /// The arguments of `hold.lua`, and its first check.
    private static let opening = """
        local seat, user, token, milliseconds, trace = ARGV[2], ARGV[3], ARGV[4], tonumber(ARGV[5]), ARGV[6]
        if redis.call('EXISTS', soldKey(seat)) == 1 then return {'CONFLICT', 'SOLD'} end

        """

    private static let refusal = """
        if held and held.user == user then return {'OK', held.token, text(held.deadline), held.version, ''} end
        if held then return {'CONFLICT', 'HELD'} end
        if redis.call('HEXISTS', versions, seat) == 0 then return {'UNKNOWN'} end

        """

    private static let grant = """
        local version, deadline = raise(seat), now + milliseconds
        writeHold(seat, token, user, nil, deadline, version)
        announce('hold', seat, 'AVAILABLE', 'HELD', user, '', trace, version, deadline)
        return {'OK', token, text(deadline), version, text(milliseconds)}
        """

    /// The key has the user in it, as it were: only one's own hold is seen.
    static let userInLockKey =
        opening + """
            local held = readHold(seat)
            if held and held.user ~= user then held = nil end

            """ + refusal + grant

    /// A service whose clock is a second ahead ends holds by that clock.
    static let appClockExpiry =
        opening + """
            local held = readHold(seat)
            if held and held.deadline <= now + 1000 then
                endLease(seat)
                held = nil
            end

            """ + refusal + grant

    /// SET, then EXPIRE: and between them the service was gone.
    static let withoutTTL =
        opening + "local held = readHold(seat)\n" + refusal + """
            local version, deadline = raise(seat), now + milliseconds
            redis.call('HSET', holdKey(seat), 'token', token, 'user', user, 'deadline', text(deadline), 'version', version)
            announce('hold', seat, 'AVAILABLE', 'HELD', user, '', trace, version, deadline)
            return {'OK', token, text(deadline), version, text(milliseconds)}
            """

    /// The hold is taken, something fails before its lease is written, and what was taken is kept.
    static let keptOnFailure =
        opening + "local held = readHold(seat)\n" + refusal + """
            local version, deadline = raise(seat), now + milliseconds
            redis.call('HSET', holdKey(seat), 'token', token, 'user', user, 'deadline', text(deadline), 'version', version)
            return redis.error_reply('ERR the lease cannot be written')
            """

    /// Whether the seat is sold is not this script's business.
    static let withoutSold = """
        local seat, user, token, milliseconds, trace = ARGV[2], ARGV[3], ARGV[4], tonumber(ARGV[5]), ARGV[6]
        local held = readHold(seat)

        """ + refusal + grant

    /// Whoever asks has the hold prolonged.
    static let extendAnyones = """
        local seat, user, milliseconds, trace = ARGV[2], ARGV[3], tonumber(ARGV[5]), ARGV[6]
        if redis.call('EXISTS', soldKey(seat)) == 1 then return {'SOLD'} end
        local held = readHold(seat)
        if not held then return {redis.call('HEXISTS', versions, seat) == 1 and 'GONE' or 'UNKNOWN'} end
        if held.order then return {'PINNED'} end
        local version, deadline = raise(seat), now + milliseconds
        writeHold(seat, held.token, held.user, nil, deadline, version)
        announce('extend', seat, 'HELD', 'HELD', held.user, '', trace, version, deadline)
        return {'OK', text(deadline), version}
        """

    /// Whoever asks has the hold released.
    static let releaseAnyones = """
        local seat, user, trace = ARGV[2], ARGV[3], ARGV[5]
        if redis.call('EXISTS', soldKey(seat)) == 1 then return {'SOLD'} end
        local held = readHold(seat)
        if not held then return {redis.call('HEXISTS', versions, seat) == 1 and 'GONE' or 'UNKNOWN'} end
        if held.order then return {'PINNED'} end
        dropHold(seat)
        local version = raise(seat)
        announce('release', seat, 'HELD', 'AVAILABLE', held.user, '', trace, version)
        return {'OK', version}
        """
}
