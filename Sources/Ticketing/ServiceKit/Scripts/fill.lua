-- Writes seats of an event that is being opened, over whatever is left of them. KEYS: the event's epoch.
-- ARGV: generation, version, milliseconds for which pins last, and for each seat: seat, SOLD or HELD or empty, order, user, ticket's version
-- → {'OK'} | {'EPOCH'} when it is not this generation that is being opened
local prefix = string.sub(KEYS[1], 1, -6)
if redis.call('GET', prefix .. 'opening') ~= ARGV[1] then return {'EPOCH'} end
local version = ARGV[2]
local clock = redis.call('TIME')
local deadline = clock[1] * 1000 + math.floor(clock[2] / 1000) + tonumber(ARGV[3])
local function text(number) return string.format('%.0f', number) end

for i = 4, #ARGV, 5 do
    local seat, status, order, user = ARGV[i], ARGV[i + 1], ARGV[i + 2], ARGV[i + 3]
    local hold, sold = prefix .. seat .. ':hold', prefix .. seat .. ':sold'
    redis.call('UNLINK', hold, sold)
    redis.call('HSET', prefix .. 'ver', seat, version)
    if status == 'SOLD' then
        redis.call('HSET', sold, 'order', order, 'user', user, 'version', ARGV[i + 4])
    elseif status == 'HELD' then
        -- Nobody is asked for the token of a pinned hold.
        redis.call('HSET', hold, 'token', order, 'user', user, 'order', order, 'deadline', text(deadline), 'version', version)
        redis.call('PEXPIREAT', hold, text(deadline + 60000))
        redis.call('ZADD', prefix .. 'leases', text(deadline), seat)
    end
end
return {'OK'}
