-- ARGV: generation, seat, user, token or empty, trace
-- → {'OK', version} | {'GONE'} | {'NOT_HOLDER'} | {'PINNED'} | {'SOLD'} | {'UNKNOWN'} | {'EPOCH'}
local seat, user, token, trace = ARGV[2], ARGV[3], ARGV[4], ARGV[5]

if redis.call('EXISTS', soldKey(seat)) == 1 then return {'SOLD'} end
local held = readHold(seat)
if not held then
    return {redis.call('HEXISTS', versions, seat) == 1 and 'GONE' or 'UNKNOWN'}
end
if held.user ~= user or (token ~= '' and held.token ~= token) then return {'NOT_HOLDER'} end
if held.order then return {'PINNED'} end

dropHold(seat)
local version = raise(seat)
announce('release', seat, 'HELD', 'AVAILABLE', user, '', trace, version)
return {'OK', version}
