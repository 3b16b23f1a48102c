-- Opens an event whose seats have been written: from now on scripts accept its epoch. KEYS: the event's epoch. ARGV: epoch, version, trace
-- → {'OK'} | {'EPOCH'} when a later generation is open already
local open = redis.call('GET', KEYS[1])
if open and tonumber(open) > tonumber(ARGV[1]) then return {'EPOCH'} end
local prefix = string.sub(KEYS[1], 1, -6)
-- An entry without a seat concerns the whole event. It also gives the log a first position, from which a watcher can resume.
redis.call('XADD', prefix .. 'log', '*', 'op', 'reset', 'seat', '', 'from', '', 'to', 'AVAILABLE', 'user', '', 'order', '',
    'trace', ARGV[3], 'version', ARGV[2], 'deadline', '')
redis.call('SET', KEYS[1], ARGV[1])
return {'OK'}
