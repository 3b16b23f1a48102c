-- All seats of an order become sold, or none. ARGV: generation, order, trace, seat…
-- → {'OK', user, version of each seat…}
--   | {'GONE', seat} | {'NOT_HOLDER', seat} | {'NOT_PINNED', seat} | {'SOLD', seat} | {'UNKNOWN', seat} | {'EPOCH'}
local order, trace = ARGV[2], ARGV[3]

local holds = {}
for i = 4, #ARGV do
    local seat = ARGV[i]
    local soldTo = redis.call('HGET', soldKey(seat), 'order')
    if soldTo and soldTo ~= order then return {'SOLD', seat} end
    if not soldTo then
        local held = readHold(seat)
        if not held then return {redis.call('HEXISTS', versions, seat) == 1 and 'GONE' or 'UNKNOWN', seat} end
        if not held.order then return {'NOT_PINNED', seat} end
        if held.order ~= order then return {'NOT_HOLDER', seat} end
        holds[seat] = held
    end
end

local answer = {'OK', ''}
for i = 4, #ARGV do
    local seat, held = ARGV[i], holds[ARGV[i]]
    if held then
        dropHold(seat)
        local version = raise(seat)
        redis.call('HSET', soldKey(seat), 'order', order, 'user', held.user, 'version', version)
        announce('confirm', seat, 'HELD', 'SOLD', held.user, order, trace, version)
        answer[2], answer[#answer + 1] = held.user, version
    else
        local sold = redis.call('HMGET', soldKey(seat), 'user', 'version')
        answer[2], answer[#answer + 1] = sold[1], sold[2]
    end
end
return answer
