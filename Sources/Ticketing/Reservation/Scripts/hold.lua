-- ARGV: generation, seat, user, token, milliseconds, trace, 1 when the user is nobody in particular
-- → {'OK', token, deadline, version, milliseconds} | {'CONFLICT', status} | {'UNKNOWN'} | {'EPOCH'}
local seat, user, token, milliseconds, trace, anonymous = ARGV[2], ARGV[3], ARGV[4], tonumber(ARGV[5]), ARGV[6], ARGV[7] == '1'

if redis.call('EXISTS', soldKey(seat)) == 1 then return {'CONFLICT', 'SOLD'} end
local held = readHold(seat)
if held then
    -- A lost reply must not lock the user out of a seat that he holds; nor may asking again prolong it.
    if held.user == user and not anonymous then
        return {'OK', held.token, text(held.deadline), held.version, ''}
    end
    return {'CONFLICT', 'HELD'}
end
if redis.call('HEXISTS', versions, seat) == 0 then return {'UNKNOWN'} end

local version, deadline = raise(seat), now + milliseconds
writeHold(seat, token, user, nil, deadline, version)
announce('hold', seat, 'AVAILABLE', 'HELD', user, '', trace, version, deadline)
return {'OK', token, text(deadline), version, text(milliseconds)}
