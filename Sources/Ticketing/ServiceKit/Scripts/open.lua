-- Opens an event whose seats have been written: from now on scripts accept its generation, the epoch of which is written last.
-- KEYS: the event's epoch. ARGV: generation, version, reset or restore, trace
-- → {'OK'} | {'EPOCH'} when it is not this generation that is being opened
local prefix = string.sub(KEYS[1], 1, -6)
if redis.call('GET', prefix .. 'opening') ~= ARGV[1] then return {'EPOCH'} end
local epoch, run = string.match(ARGV[1], '^(%d+) (.*)$')
-- An entry without a seat concerns the whole event. It also gives the log a first position, from which a watcher can resume.
redis.call('XADD', prefix .. 'log', '*', 'op', ARGV[3], 'seat', '', 'from', '', 'to', 'AVAILABLE', 'user', '', 'order', '',
    'trace', ARGV[4], 'version', ARGV[2], 'deadline', '')
redis.call('DEL', prefix .. 'opening')
redis.call('SET', prefix .. 'run', run)
redis.call('SET', KEYS[1], epoch)
return {'OK'}
