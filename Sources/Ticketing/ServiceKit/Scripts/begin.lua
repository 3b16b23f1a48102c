-- Begins to open an event: shuts it, and notes the generation (epoch and Redis process) that is being written, which fill.lua and
-- open.lua insist on. KEYS: the event's epoch. ARGV: generation, epoch, 1 when its log is to go as well
-- → {'OK'} | {'EPOCH'} when a later epoch is open, or being opened
local prefix = string.sub(KEYS[1], 1, -6)
local last = tonumber(redis.call('GET', KEYS[1]) or 0)
local opening = redis.call('GET', prefix .. 'opening')
if opening then last = math.max(last, tonumber(string.match(opening, '^%d+'))) end
if last > tonumber(ARGV[2]) then return {'EPOCH'} end

redis.call('UNLINK', KEYS[1], prefix .. 'leases', prefix .. 'ver')
if ARGV[3] == '1' then redis.call('UNLINK', prefix .. 'log') end
redis.call('SET', prefix .. 'opening', ARGV[1])
return {'OK'}
