-- The state of every seat and the position in the log that it belongs to. KEYS: the event's epoch.
-- ARGV: generation, the tag of what the caller has already, or empty
-- → {'OK', tag, last log id, seat, status, version, …} | {'SAME', tag, last log id} | {'EPOCH'}
local prefix = string.sub(KEYS[1], 1, -6)
-- A Redis that was restarted may have lost the newest versions, and a version never goes back.
local open = redis.call('MGET', KEYS[1], prefix .. 'run')
if (open[1] or '') .. ' ' .. (open[2] or '') ~= ARGV[1] then return {'EPOCH'} end
local clock = redis.call('TIME')
local now = string.format('%.0f', clock[1] * 1000 + math.floor(clock[2] / 1000))

local last = redis.call('XREVRANGE', prefix .. 'log', '+', '-', 'COUNT', 1)
local position = last[1] and last[1][1] or '0-0'
-- Between two entries of the log only one thing changes: more leases are due, which a reader must see as free.
local tag = open[1] .. '.' .. position .. '.' .. redis.call('ZCOUNT', prefix .. 'leases', '-inf', now)
if tag == ARGV[2] then return {'SAME', tag, position} end

local held = {}
for _, seat in ipairs(redis.call('ZRANGEBYSCORE', prefix .. 'leases', '(' .. now, '+inf')) do held[seat] = true end
local answer = {'OK', tag, position}
local versions = redis.call('HGETALL', prefix .. 'ver')
for i = 1, #versions, 2 do
    local seat = versions[i]
    local status = 'AVAILABLE'
    if held[seat] then
        status = 'HELD'
    elseif redis.call('EXISTS', prefix .. seat .. ':sold') == 1 then
        status = 'SOLD'
    end
    answer[#answer + 1], answer[#answer + 2], answer[#answer + 3] = seat, status, versions[i + 1]
end
return answer
