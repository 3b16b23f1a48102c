-- All seats or none become the order's. ARGV: generation, order, user, milliseconds, trace, seat…
-- → {'OK', deadline} | {'GONE', seat} | {'NOT_HOLDER', seat} | {'PINNED', seat} | {'SOLD', seat} | {'UNKNOWN', seat} | {'EPOCH'}
local order, user, milliseconds, trace = ARGV[2], ARGV[3], tonumber(ARGV[4]), ARGV[5]

local holds, already, deadline = {}, true, now + milliseconds
for i = 6, #ARGV do
    local seat = ARGV[i]
    local soldTo = redis.call('HGET', soldKey(seat), 'order')
    if soldTo and soldTo ~= order then return {'SOLD', seat} end
    local held = readHold(seat)
    if not soldTo then
        if not held then return {redis.call('HEXISTS', versions, seat) == 1 and 'GONE' or 'UNKNOWN', seat} end
        if held.user ~= user then return {'NOT_HOLDER', seat} end
        if held.order and held.order ~= order then return {'PINNED', seat} end
        if held.order then deadline = held.deadline else already = false end
        holds[#holds + 1] = {seat = seat, hold = held}
    end
end
-- Asked again for the same order: the same answer, and the pin is not prolonged.
if already then return {'OK', text(deadline)} end

deadline = now + milliseconds
for _, h in ipairs(holds) do
    local version = raise(h.seat)
    writeHold(h.seat, h.hold.token, user, order, deadline, version)
    announce('pin', h.seat, 'HELD', 'HELD', user, order, trace, version, deadline)
end
return {'OK', text(deadline)}
