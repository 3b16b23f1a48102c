-- A box-office sale of the caller's own hold: a ticket with no order. ARGV: generation, seat, user, token or empty, trace
-- → {'OK', version} | {'GONE'} | {'NOT_HOLDER'} | {'PINNED'} | {'SOLD'} | {'UNKNOWN'} | {'EPOCH'}
local seat, user, token, trace = ARGV[2], ARGV[3], ARGV[4], ARGV[5]

local sold = redis.call('HMGET', soldKey(seat), 'order', 'user', 'version')
if sold[3] then
    if sold[1] == '' and sold[2] == user then return {'OK', sold[3]} end
    return {'SOLD'}
end
local held = readHold(seat)
if not held then
    return {redis.call('HEXISTS', versions, seat) == 1 and 'GONE' or 'UNKNOWN'}
end
if held.user ~= user or (token ~= '' and held.token ~= token) then return {'NOT_HOLDER'} end
if held.order then return {'PINNED'} end

dropHold(seat)
local version = raise(seat)
redis.call('HSET', soldKey(seat), 'order', '', 'user', user, 'version', version)
announce('confirm', seat, 'HELD', 'SOLD', user, '', trace, version)
return {'OK', version}
