/// Pins and confirms that are wrong in one place.
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
}
