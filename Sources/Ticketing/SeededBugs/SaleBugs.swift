/// Pins, sales and cancellations that are wrong in one place.
enum SaleBugs {
    /// The order does not check the holds: whoever asks gets the pin, held or not; a sold seat alone stays as it is.
    static let pinWithoutHold = """
        local order, user, milliseconds, trace = ARGV[2], ARGV[3], tonumber(ARGV[4]), ARGV[5]
        local deadline = now + milliseconds
        for i = 6, #ARGV do
            local seat = ARGV[i]
            if redis.call('EXISTS', soldKey(seat)) == 0 then
                local held = readHold(seat)
                local version = raise(seat)
                writeHold(seat, held and held.token or order, user, order, deadline, version)
                announce('pin', seat, held and 'HELD' or 'AVAILABLE', 'HELD', user, order, trace, version, deadline)
            end
        end
        return {'OK', text(deadline)}
        """

    /// SET SOLD, whatever was there.
    static let confirmWhatever = """
        local order, trace = ARGV[2], ARGV[3]
        local answer = {'OK', ''}
        for i = 4, #ARGV do
            local seat = ARGV[i]
            local held = readHold(seat)
            local was = redis.call('HMGET', soldKey(seat), 'order', 'user')
            local user = held and held.user or was[2] or ''
            dropHold(seat)
            local version = raise(seat)
            redis.call('HSET', soldKey(seat), 'order', order, 'user', user, 'version', version)
            announce('confirm', seat, was[1] and 'SOLD' or held and 'HELD' or 'AVAILABLE', 'SOLD', user, order, trace, version)
            answer[2], answer[#answer + 1] = user, version
        end
        return answer
        """

    /// The hold is removed in one round trip, and SOLD written in the next, whatever is there by then; the process dies in between.
    static let confirmDeletingFirst = """
        local order, trace, removed = ARGV[2], ARGV[3], prefix .. 'removed'
        local isFirst = false
        for i = 4, #ARGV do
            local held = readHold(ARGV[i])
            if held and held.order == order then
                redis.call('HSET', removed, ARGV[i], held.user)
                dropHold(ARGV[i])
                isFirst = true
            end
        end
        if isFirst then return redis.error_reply('ERR the process died between two round trips') end

        local answer = {'OK', ''}
        for i = 4, #ARGV do
            local seat = ARGV[i]
            local sold = redis.call('HMGET', soldKey(seat), 'order', 'user', 'version')
            local user = redis.call('HGET', removed, seat)
            if sold[1] == order then
                answer[2], answer[#answer + 1] = sold[2], sold[3]
            elseif sold[1] or not user then
                return {sold[1] and 'SOLD' or 'GONE', seat}
            else
                dropHold(seat)
                local version = raise(seat)
                redis.call('HSET', soldKey(seat), 'order', order, 'user', user, 'version', version)
                announce('confirm', seat, 'HELD', 'SOLD', user, order, trace, version)
                answer[2], answer[#answer + 1] = user, version
            end
        end
        return answer
        """

    /// Seats are sold one after the other; the process dies after the first, and who takes over takes the first for all.
    static let confirmFirstOnly = """
        local order, trace, seat = ARGV[2], ARGV[3], ARGV[4]
        local sold = redis.call('HMGET', soldKey(seat), 'order', 'user', 'version')
        if sold[1] == order then
            local answer = {'OK', sold[2]}
            for i = 4, #ARGV do answer[#answer + 1] = sold[3] end
            return answer
        end
        local held = readHold(seat)
        if not held or held.order ~= order then return {'GONE', seat} end
        dropHold(seat)
        local version = raise(seat)
        redis.call('HSET', soldKey(seat), 'order', order, 'user', held.user, 'version', version)
        announce('confirm', seat, 'HELD', 'SOLD', held.user, order, trace, version)
        if #ARGV > 4 then return redis.error_reply('ERR the process died between two seats') end
        return {'OK', held.user, version}
        """

    /// A pin that lasts for less than a payment may take, so that a seat is another's when its first order ends.
    static let pinBriefly = """
        local order, user, trace, deadline = ARGV[2], ARGV[3], ARGV[5], now + 700
        for i = 6, #ARGV do
            local held = readHold(ARGV[i])
            if not held then return {'GONE', ARGV[i]} end
            if held.user ~= user then return {'NOT_HOLDER', ARGV[i]} end
            if held.order == order then return {'OK', text(held.deadline)} end
            if held.order then return {'PINNED', ARGV[i]} end
        end
        for i = 6, #ARGV do
            local seat, held, version = ARGV[i], readHold(ARGV[i]), raise(ARGV[i])
            writeHold(seat, held.token, user, order, deadline, version)
            announce('pin', seat, 'HELD', 'HELD', user, order, trace, version, deadline)
        end
        return {'OK', text(deadline)}
        """

    /// An order that has failed frees its seats, whosever they are by now.
    static let cancelWhosever = """
        local order, trace, answer = ARGV[2], ARGV[3], {'OK'}
        for i = 4, #ARGV do
            local seat = ARGV[i]
            local held = readHold(seat)
            if held then
                dropHold(seat)
                announce('cancel', seat, 'HELD', 'AVAILABLE', held.user, order, trace, raise(seat))
                answer[#answer + 1] = seat
            end
        end
        return answer
        """
}
