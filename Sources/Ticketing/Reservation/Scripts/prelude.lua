-- Put before every script. KEYS[1] is the event's epoch key; ARGV[1] its generation: the epoch that the caller believes in, and the run_id
-- of this very Redis process. An event that was opened under another process may have lost its last second, and with it a sale.
-- All keys of an event share its hash tag, so those of single seats are built here and stay on the same shard.
local prefix = string.sub(KEYS[1], 1, -6)
local leases, versions, log = prefix .. 'leases', prefix .. 'ver', prefix .. 'log'

local open = redis.call('MGET', KEYS[1], prefix .. 'run')
if (open[1] or '') .. ' ' .. (open[2] or '') ~= ARGV[1] then return {'EPOCH'} end

-- Milliseconds since 1970: Redis' clock is the only one that counts.
local clock = redis.call('TIME')
local now = clock[1] * 1000 + math.floor(clock[2] / 1000)

local function text(number) return string.format('%.0f', number) end
local function holdKey(seat) return prefix .. seat .. ':hold' end
local function soldKey(seat) return prefix .. seat .. ':sold' end

-- The next version of a seat: epoch * 2^32 + n, rising across losses of Redis.
local function raise(seat)
    return text(redis.call('HINCRBY', versions, seat, 1))
end

local function announce(operation, seat, from, to, user, order, trace, version, deadline)
    redis.call('XADD', log, 'MAXLEN', '~', '100000', '*', 'op', operation, 'seat', seat, 'from', from, 'to', to,
        'user', user or '', 'order', order or '', 'trace', trace or '', 'version', version,
        'deadline', deadline and text(deadline) or '')
end

local function dropHold(seat)
    redis.call('DEL', holdKey(seat))
    redis.call('ZREM', leases, seat)
end

-- Ends the lease of a seat. The key may be gone already, when nobody came by for longer than its backstop.
local function endLease(seat)
    local f = redis.call('HMGET', holdKey(seat), 'user', 'order')
    dropHold(seat)
    announce('expire', seat, 'HELD', 'AVAILABLE', f[1], f[2], '', raise(seat))
end

-- Ends what is due, the oldest first; so many at most, that no caller waits for all of a great expiry.
local due = redis.call('ZRANGEBYSCORE', leases, '-inf', text(now), 'LIMIT', 0, 500)
for _, seat in ipairs(due) do endLease(seat) end

-- The seat's hold, if it has one that has not lapsed.
local function readHold(seat)
    local f = redis.call('HMGET', holdKey(seat), 'token', 'user', 'order', 'deadline', 'version')
    if not f[1] then return nil end
    if tonumber(f[4]) <= now then
        endLease(seat)
        return nil
    end
    return {token = f[1], user = f[2], order = f[3], deadline = tonumber(f[4]), version = f[5]}
end

-- Writes a hold with its deadline; the key itself outlives the deadline by 60 s, as a backstop only.
local function writeHold(seat, token, user, order, deadline, version)
    redis.call('HSET', holdKey(seat), 'token', token, 'user', user, 'deadline', text(deadline), 'version', version)
    if order then redis.call('HSET', holdKey(seat), 'order', order) end
    redis.call('PEXPIREAT', holdKey(seat), text(deadline + 60000))
    redis.call('ZADD', leases, text(deadline), seat)
end
