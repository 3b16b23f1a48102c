-- ARGV: generation, seat, user, token or empty, milliseconds, trace
-- → {'OK', deadline, version} | {'GONE'} | {'NOT_HOLDER'} | {'PINNED'} | {'SOLD'} | {'UNKNOWN'} | {'EPOCH'}
local seat, user, token, milliseconds, trace = ARGV[2], ARGV[3], ARGV[4], tonumber(ARGV[5]), ARGV[6]

if redis.call('EXISTS', soldKey(seat)) == 1 then return {'SOLD'} end
local held = readHold(seat)
if not held then
    return {redis.call('HEXISTS', versions, seat) == 1 and 'GONE' or 'UNKNOWN'}
end
if held.user ~= user or (token ~= '' and held.token ~= token) then return {'NOT_HOLDER'} end
if held.order then return {'PINNED'} end

local version, deadline = raise(seat), now + milliseconds
writeHold(seat, held.token, user, nil, deadline, version)
announce('extend', seat, 'HELD', 'HELD', user, '', trace, version, deadline)
return {'OK', text(deadline), version}
